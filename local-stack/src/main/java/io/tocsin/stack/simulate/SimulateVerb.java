package io.tocsin.stack.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CityAudio;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.JsonLines;
import io.tocsin.simulator.city.Scenario;
import io.tocsin.simulator.city.baseline.Baseline;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Judgement;
import io.tocsin.simulator.city.evaluation.Report;
import io.tocsin.simulator.city.picture.CityMap;
import io.tocsin.simulator.city.picture.Curves;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A simulated city, and what the association job makes of it. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description =
        "Draws a city at the level of detections; with --evaluate, runs DistressJob's operators"
            + " over it in this process and compares what they say with the truth.",
    footer = {"%nScenarios:%n", SimulateVerb.SCENARIOS})
public final class SimulateVerb implements Callable<Integer> {

  static final String SCENARIOS =
      "S1 clean, S2 noise, S3 clocks, S4 transport, S5 city, S6 density, S7 edges, S8 one chatty"
          + " sensor, S9 bursts, S10 decoys, S11 faults";

  /** What of a city is simulated. */
  enum Level {
    DETECTIONS,
    AUDIO
  }

  @Mixin private AudioOption audio = new AudioOption();
  @Mixin private CityOptions city = new CityOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--level",
      defaultValue = "detections",
      description =
          "detections, or audio: what each sensor hears, as WAV files in --out;"
              + " default ${DEFAULT-VALUE}.")
  private Level level = Level.DETECTIONS;

  @Option(names = "--scenario", required = true, description = "${COMPLETION-CANDIDATES}.")
  private Scenario scenario = Scenario.S1;

  @Option(names = "--seed", required = true, description = "Decides what is left to chance.")
  private long seed;

  @Option(
      names = "--seeds",
      defaultValue = "1",
      description = "So many seeds from there on; default ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--minimum-probability",
      description = "Of alerts; default as the pattern that a new system has.")
  private double minimumProbability = CityJob.USUAL_MINIMUM_PROBABILITY;

  @Option(
      names = "--slides",
      defaultValue = "0",
      description =
          "With --evaluate: slide what was heard so many times in time, and say how many chance"
              + " alerts that lets expect; default none.")
  private int slides;

  @Option(
      names = "--no-baselines",
      description = "With --evaluate: leave out the simpler ways, which take long for long runs.")
  private boolean withoutBaselines;

  @Option(
      names = "--parallelism",
      defaultValue = "2",
      description = "Of the job; default ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(names = "--evaluate", description = "Run the job, and the simpler ways, and compare.")
  private boolean evaluate;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--out",
      description =
          "Folder for the first seed's truth.json and picks.jsonl, and with --evaluate"
              + " alerts.jsonl and events.jsonl.")
  private @Nullable Path folder;

  @Option(
      names = "--pictures",
      description = "Folder for map.svg (of the first seed), f1.svg and recall.svg.")
  private @Nullable Path pictures;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (level == Level.AUDIO) {
      hear();
      return ExitCodes.DONE;
    }
    if (!evaluate && (folder == null || pictures != null || json)) {
      throw new ParameterException(
          spec.commandLine(), "give --evaluate, or --out FOLDER alone for a city without results");
    }
    if (!evaluate) {
      write(City.of(settings(seed)), null);
      return ExitCodes.DONE;
    }
    Map<Long, Judgement> bySeed = new LinkedHashMap<>();
    Map<String, List<Judgement>> baselines = new TreeMap<>();
    CityRun first = null;
    CityRun.Manner manner = new CityRun.Manner(parallelism, minimumProbability, slides);
    for (long s = seed; s < seed + seeds; s++) {
      CityRun run = CityRun.of(settings(s), manner);
      first = first == null ? run : first;
      bySeed.put(s, run.judgement());
      for (Baseline baseline :
          withoutBaselines ? List.<Baseline>of() : List.of(Baseline.values())) {
        Baseline.Found found = baseline.find(run.city());
        baselines
            .computeIfAbsent(baseline.key(), key -> new ArrayList<>())
            .add(Evaluation.judge(run.city().truth(), found.alerts(), found.events()));
      }
      progress(run);
    }
    Report report = Report.of(scenario.name(), city.sensors(), bySeed, baselines);
    if (first != null) {
      write(first.city(), first.findings());
      draw(first, report);
    }
    print(report);
    return ExitCodes.DONE;
  }

  private void hear() throws IOException, InterruptedException {
    if (folder == null || evaluate) {
      throw new ParameterException(
          spec.commandLine(), "give --out FOLDER with --level=audio, and not --evaluate");
    }
    City drawn = City.of(settings(seed));
    SoundLibrary library = new SoundLibrary(audio.resolve(StackOptions.home()), Set.of());
    CityAudio.write(drawn, library, folder);
    JsonLines.writeOne(folder.resolve("truth.json"), drawn.truth());
  }

  private CitySettings settings(long ofSeed) {
    return city.settings(scenario, ofSeed);
  }

  private void progress(CityRun run) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "%s, seed %d: %d picks in %.1f s, slides in %.1f s%n",
        scenario,
        run.city().settings().seed(),
        run.city().picks().size(),
        run.jobSeconds(),
        run.slideSeconds());
    err.flush();
  }

  private void write(City drawn, @Nullable Findings findings) throws IOException {
    if (folder == null) {
      return;
    }
    Files.createDirectories(folder);
    JsonLines.writeOne(folder.resolve("truth.json"), drawn.truth());
    JsonLines.write(folder.resolve("picks.jsonl"), drawn.picks());
    if (findings != null) {
      JsonLines.write(folder.resolve("alerts.jsonl"), findings.alerts());
      JsonLines.write(folder.resolve("events.jsonl"), findings.events());
    }
  }

  private void draw(CityRun run, Report report) throws IOException {
    if (pictures == null) {
      return;
    }
    Files.createDirectories(pictures);
    String title =
        "%s, %s: seed %d, %d sensors, %s h"
            .formatted(scenario, scenario.description(), seed, city.sensors(), city.hours());
    Files.writeString(
        pictures.resolve("map.svg"),
        CityMap.svg(run.city().truth(), run.findings().alerts(), run.findings().events(), title));
    Files.writeString(pictures.resolve("f1.svg"), Curves.f1(report, title));
    Files.writeString(pictures.resolve("recall.svg"), Curves.recall(report, title));
  }

  private void print(Report report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      out.printf(
          "%s: %s%n%d sensors, seeds %d to %d, %d sounds, %d alerts%n%n",
          scenario,
          scenario.description(),
          city.sensors(),
          seed,
          seed + seeds - 1,
          report.events(),
          report.alerts());
      ReportTable.lines(report).forEach(out::println);
    }
    out.flush();
  }
}

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

  @Option(names = "--sensors", defaultValue = "400", description = "Default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--spacing",
      defaultValue = "250",
      description = "Metres from sensor to sensor; default ${DEFAULT-VALUE}.")
  private double spacingMetres;

  @Option(
      names = "--audible-radius",
      defaultValue = "400",
      description = "Metres at which half of the sounds are picked; default ${DEFAULT-VALUE}.")
  private double audibleRadiusMetres;

  @Option(names = "--hours", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private double hours;

  @Option(
      names = "--false-per-true",
      description = "So many false picks for each true one, instead of the scenario's.")
  private @Nullable Double falsePerTrue;

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
    for (long s = seed; s < seed + seeds; s++) {
      CityRun run = CityRun.of(settings(s), parallelism);
      first = first == null ? run : first;
      bySeed.put(s, run.judgement());
      for (Baseline baseline : Baseline.values()) {
        Baseline.Found found = baseline.find(run.city());
        baselines
            .computeIfAbsent(baseline.key(), key -> new ArrayList<>())
            .add(Evaluation.judge(run.city().truth(), found.alerts(), found.events()));
      }
      progress(run);
    }
    Report report = Report.of(scenario.name(), sensors, bySeed, baselines);
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
    City city = City.of(settings(seed));
    SoundLibrary library = new SoundLibrary(audio.resolve(StackOptions.home()), Set.of());
    CityAudio.write(city, library, folder);
    JsonLines.writeOne(folder.resolve("truth.json"), city.truth());
  }

  private CitySettings settings(long ofSeed) {
    CitySettings settings =
        new CitySettings(
            scenario,
            scenario.conditions(),
            ofSeed,
            sensors,
            spacingMetres,
            audibleRadiusMetres,
            hours);
    return falsePerTrue == null ? settings : settings.with(Scenario.falsePerTrue(falsePerTrue));
  }

  private void progress(CityRun run) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "%s, seed %d: %d picks in %.1f s%n",
        scenario, run.city().settings().seed(), run.city().picks().size(), run.jobSeconds());
    err.flush();
  }

  private void write(City city, @Nullable Findings findings) throws IOException {
    if (folder == null) {
      return;
    }
    Files.createDirectories(folder);
    JsonLines.writeOne(folder.resolve("truth.json"), city.truth());
    JsonLines.write(folder.resolve("picks.jsonl"), city.picks());
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
            .formatted(scenario, scenario.description(), seed, sensors, hours);
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
          sensors,
          seed,
          seed + seeds - 1,
          report.events(),
          report.alerts());
      ReportTable.lines(report).forEach(out::println);
    }
    out.flush();
  }
}

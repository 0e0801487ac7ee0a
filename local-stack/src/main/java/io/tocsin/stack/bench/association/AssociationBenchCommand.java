package io.tocsin.stack.bench.association;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures association. */
@Command(
    name = "association",
    mixinStandardHelpOptions = true,
    description = {
      "Picks a second through the stages of DistressJob on Flink with one slot and heap state, for",
      "cities of several sizes and one density; and through a plain interval join of the two labels",
      "on the same picks. Needs no servers."
    })
public final class AssociationBenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--sensors",
      split = ",",
      paramLabel = "N",
      defaultValue = "400,10000,100000,1000000",
      description = "Sizes of cities; default ${DEFAULT-VALUE}.")
  private List<Integer> sensors = List.of();

  @Option(
      names = "--picks",
      defaultValue = "1200000",
      description = "Picks a run; default ${DEFAULT-VALUE}.")
  private int picks;

  @Option(
      names = "--chance-per-true",
      defaultValue = "2",
      description = "Chance picks for each pick of a sound; default ${DEFAULT-VALUE}.")
  private double chancePerTrue;

  @Option(
      names = "--repetitions",
      defaultValue = "3",
      description = "Runs of each, with other picks each time; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of the first run; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  /**
   * A city's figures, medians of the runs.
   *
   * @param costRatio processor time a pick, by that of the smallest city
   * @param stateBytesPerSensor in the largest checkpoint, the sensor's own entry included
   */
  record City(
      int n,
      double picksPerSecond,
      double picksPerSecondPerCore,
      double costRatio,
      double stateBytesPerSensor,
      List<Double> runsPerCore) {}

  /** The interval join's figures on the picks of {@code sensors}. */
  record Join(int sensors, double picksPerSecond, double picksPerSecondPerCore) {}

  /** What was measured. */
  record Report(int picks, double chancePerTrue, List<City> sensors, Join intervalJoin) {}

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    List<City> cities = new ArrayList<>();
    double smallest = 0;
    for (int n : sensors) {
      List<JobTrial.Outcome> runs = new ArrayList<>();
      for (int i = 0; i < repetitions; i++) {
        CityLoad load = CityLoad.of(n, picks, chancePerTrue, seed + i);
        runs.add(inFolder(folder -> JobTrial.association(load, folder)));
        say(err, n + " sensors: " + runs.get(i));
      }
      double perCore = median(runs, JobTrial.Outcome::picksPerSecondPerCore);
      smallest = smallest == 0 ? perCore : smallest;
      cities.add(
          new City(
              n,
              median(runs, JobTrial.Outcome::picksPerSecond),
              perCore,
              smallest / perCore,
              median(runs, r -> (double) r.stateBytes()) / n,
              runs.stream().map(JobTrial.Outcome::picksPerSecondPerCore).toList()));
    }
    int joined = sensors.get(Math.min(1, sensors.size() - 1));
    List<JobTrial.Outcome> joins = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      CityLoad load = CityLoad.of(joined, picks, chancePerTrue, seed + i);
      joins.add(inFolder(folder -> JobTrial.intervalJoin(load, folder)));
      say(err, "interval join: " + joins.get(i));
    }
    Report report =
        new Report(
            picks,
            chancePerTrue,
            cities,
            new Join(
                joined,
                median(joins, JobTrial.Outcome::picksPerSecond),
                median(joins, JobTrial.Outcome::picksPerSecondPerCore)));
    say(
        spec.commandLine().getOut(),
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : text(report));
    return ExitCodes.DONE;
  }

  private interface Trial {
    JobTrial.Outcome in(Path folder) throws Exception;
  }

  private static JobTrial.Outcome inFolder(Trial trial) throws Exception {
    Path folder = Files.createTempDirectory("tocsin-association-bench");
    try {
      return trial.in(folder);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }

  private static double median(
      List<JobTrial.Outcome> runs, ToDoubleFunction<JobTrial.Outcome> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String text(Report report) {
    StringBuilder text = new StringBuilder();
    for (City city : report.sensors()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%,d sensors: %,.0f picks/s, %,.0f a core, cost %.2f, %.0f bytes of state a sensor%n",
              city.n(),
              city.picksPerSecond(),
              city.picksPerSecondPerCore(),
              city.costRatio(),
              city.stateBytesPerSensor()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "interval join: %,.0f picks/s, %,.0f a core",
            report.intervalJoin().picksPerSecond(),
            report.intervalJoin().picksPerSecondPerCore()));
    return text.toString();
  }

  private static void say(PrintWriter to, String line) {
    to.println(line);
    to.flush();
  }
}

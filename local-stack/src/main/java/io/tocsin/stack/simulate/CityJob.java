package io.tocsin.stack.simulate;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Severity;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.distress.DistressPipeline;
import io.tocsin.jobs.distress.FieldChange;
import io.tocsin.jobs.distress.TracedPick;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.stack.DefaultPatterns;
import io.tocsin.stack.StackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** DistressJob's operators over a city's picks, in a Flink cluster in this process. */
final class CityJob {

  /** DistressJob's default. */
  static final Duration LATENESS = Duration.ofSeconds(30);

  static final double USUAL_MINIMUM_PROBABILITY =
      DefaultPatterns.glassThenCry().getMinimumProbability();

  private static final Duration CHECKPOINTS = Duration.ofMillis(100);

  private CityJob() {}

  /** Everything that the job says, in the order in which it comes. */
  static List<Said> run(City city, int parallelism) {
    return run(city, parallelism, USUAL_MINIMUM_PROBABILITY);
  }

  /** The same with another bound for alerts. */
  static List<Said> run(City city, int parallelism, double minimumProbability) {
    DistressJobSettings settings = settings(city);
    boolean killsWorker = city.settings().conditions().faults().killedWorker();
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration(killsWorker));
    try (PickFeed feed = new PickFeed(city.picks(), settings.allowedLateness(), killsWorker)) {
      DistressPipeline.Stages stages =
          DistressPipeline.stages(
              picks(environment, feed), field(environment, city, minimumProbability), settings);
      DataStream<Said> said = saying(stages.alerts(), feed).union(saying(stages.events(), feed));
      return collected(said);
    }
  }

  /** The job's, with what a weather service would say of the scenario's air. */
  static DistressJobSettings settings(City city) {
    return SettingsFile.read(
        DistressJobSettings.class,
        "--kafka.bootstrapServers=unused:1",
        "--kafka.registryUrl=http://unused",
        "--allowedLateness=" + LATENESS,
        "--temperatureErrorCelsius=" + city.settings().conditions().temperatureErrorCelsius(),
        "--windMetresPerSecond=" + city.settings().conditions().paths().windMetresPerSecond());
  }

  private static Configuration configuration(boolean checkpoints) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    if (checkpoints) {
      configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS);
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
    } else {
      configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    }
    return configuration;
  }

  private static DataStream<TracedPick> picks(
      StreamExecutionEnvironment environment, PickFeed feed) {
    long number = feed.number();
    return environment
        .fromSource(
            new PickSource(feed),
            WatermarkStrategy.<Long>forGenerator(context -> new ArrivalWatermarks(number))
                .withTimestampAssigner(
                    (index, none) -> PickFeed.of(number).pick(index).onsetMicros() / 1_000),
            "picks")
        .uid("picks")
        .setParallelism(1)
        .map(index -> new TracedPick(pick(PickFeed.of(number).pick(index)), null))
        .returns(TypeInformation.of(TracedPick.class))
        .uid("pick")
        .setParallelism(1);
  }

  static Pick pick(HeardPick heard) {
    return new Pick(
        heard.detectionId(),
        heard.sensorId(),
        new GeoPoint(heard.latitudeDegrees(), heard.longitudeDegrees()),
        heard.label(),
        heard.probability(),
        heard.onsetMicros(),
        heard.onsetSigmaMicros(),
        heard.endMicros(),
        heard.clockUncertaintyMicros());
  }

  static List<SensorSite> sites(City city) {
    return city.truth().sensors().stream()
        .map(
            sensor ->
                new SensorSite(
                    sensor.sensorId(),
                    new GeoPoint(sensor.latitudeDegrees(), sensor.longitudeDegrees()),
                    sensor.audibleRadiusMetres()))
        .toList();
  }

  private static DataStream<FieldChange> field(
      StreamExecutionEnvironment environment, City city, double minimumProbability) {
    List<FieldChange> changes = new ArrayList<>();
    for (SensorSite site : sites(city)) {
      changes.add(new FieldChange(site.sensorId(), false, site, null));
    }
    Pattern pattern = pattern(minimumProbability);
    changes.add(new FieldChange(pattern.patternId(), true, null, pattern));
    return environment
        .fromData(TypeInformation.of(FieldChange.class), changes.toArray(FieldChange[]::new))
        .uid("field")
        .setParallelism(1);
  }

  static Pattern pattern(double minimumProbability) {
    var published = DefaultPatterns.glassThenCry();
    return new Pattern(
        published.getPatternId(),
        List.copyOf(published.getLabels()),
        published.getWithinMillis() * 1_000,
        published.getWithinMetres(),
        minimumProbability,
        published.getMinimumSensors(),
        Severity.valueOf(published.getSeverity().name()),
        published.getEnabled());
  }

  private static <T> DataStream<Said> saying(DataStream<T> words, PickFeed feed) {
    return words
        .transform("said", TypeInformation.of(Said.class), new SayingOperator<>(feed))
        .setParallelism(1);
  }

  @SuppressWarnings("try") // The iterator's close() may throw anything.
  private static List<Said> collected(DataStream<Said> said) {
    List<Said> all = new ArrayList<>();
    try (CloseableIterator<Said> words = said.executeAndCollect("tocsin-city")) {
      words.forEachRemaining(all::add);
    } catch (Exception e) {
      throw new StackException("the job over the simulated city failed: " + e.getMessage(), e);
    }
    return all;
  }
}

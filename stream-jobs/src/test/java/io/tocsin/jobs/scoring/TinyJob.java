package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.window.FrameAudio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** What the tiny fleet's job stands on in tests: a Flink in this process, and sources. */
final class TinyJob {

  private static final Duration CHECKPOINTS_EVERY = Duration.ofMillis(60);
  private static final int PARALLELISM = 2;

  private TinyJob() {}

  /** Checkpoints often and restarts at once. */
  static Configuration configuration(Path folder) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINTS_EVERY);
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    return configuration;
  }

  static StreamExecutionEnvironment environment(Configuration configuration) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(PARALLELISM);
    return environment;
  }

  /** Every frame of the fleet, sensor by sensor in each half of it. */
  static DataStream<FrameAudio> frames(
      StreamExecutionEnvironment environment, RateLimiterStrategy<?> pace) {
    DataGeneratorSource<FrameAudio> source =
        new DataGeneratorSource<>(
            TinyFleet::frame,
            (long) TinyFleet.SENSORS * TinyFleet.FRAMES,
            pace,
            TypeInformation.of(FrameAudio.class));
    return environment.fromSource(source, WatermarkStrategy.noWatermarks(), "frames").uid("frames");
  }

  static DataStream<SensorRegistration> sensors(StreamExecutionEnvironment environment) {
    return environment
        .fromData(
            TypeInformation.of(SensorRegistration.class),
            IntStream.range(0, TinyFleet.SENSORS)
                .mapToObj(TinyFleet::registration)
                .toArray(SensorRegistration[]::new))
        .uid("sensors");
  }

  /** Runs the job to its end. */
  @SuppressWarnings("try") // Closing an iterator may throw anything.
  static <T> List<T> all(DataStream<T> stream) throws Exception {
    List<T> elements = new ArrayList<>();
    try (CloseableIterator<T> out = stream.executeAndCollect()) {
      out.forEachRemaining(elements::add);
    }
    return elements;
  }
}

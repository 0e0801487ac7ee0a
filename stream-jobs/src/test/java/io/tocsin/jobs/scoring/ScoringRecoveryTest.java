package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.FrameAudio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job between its topics on a real Flink, with a real model, while it fails and starts over.
 */
@SuppressWarnings("try") // Closing an iterator may throw anything.
class ScoringRecoveryTest {

  private static final int FRAMES_PER_SECOND = 600;

  /** Windows behind the scoring after which the job fails, once each. */
  private static final Queue<Integer> FAIL_AT = new ConcurrentLinkedQueue<>();

  private static final AtomicInteger SEEN = new AtomicInteger();
  private static final AtomicInteger FAILURES = new AtomicInteger();

  @TempDir private Path folder;

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());

  @BeforeEach
  void nothingFails() {
    FAIL_AT.clear();
    SEEN.set(0);
    FAILURES.set(0);
  }

  @Test
  void eachWindowIsAnsweredOnceThoughTheJobFailsBetweenBatches() throws Exception {
    FAIL_AT.addAll(List.of(103, 411, 590, 1_000, 1_777));
    List<String> answered = windows(environment());
    assertThat(FAILURES).hasValue(5);
    assertThat(answered).isEqualTo(TinyFleet.windowNames(bundle));
  }

  @Test
  void detectionsAreTheSameWithAndWithoutFailures() throws Exception {
    List<String> calm = detections(environment());
    assertThat(calm).doesNotHaveDuplicates().hasSizeGreaterThan(TinyFleet.SENSORS);
    FAIL_AT.addAll(List.of(250, 900));
    SEEN.set(0);
    assertThat(detections(environment())).isEqualTo(calm);
    assertThat(FAILURES).hasValue(2);
  }

  private StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(60));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(2);
    return environment;
  }

  private List<String> windows(StreamExecutionEnvironment environment) throws Exception {
    DataStream<ScoredWindow> scores = stages(environment).scores();
    List<String> names = new ArrayList<>();
    try (CloseableIterator<String> all =
        scores
            .map(new Failing())
            .returns(TypeInformation.of(ScoredWindow.class))
            .map(w -> TinyFleet.name(w.sensorId(), w.startMicros()))
            .returns(Types.STRING)
            .executeAndCollect()) {
      all.forEachRemaining(names::add);
    }
    names.sort(String::compareTo);
    return names;
  }

  private List<String> detections(StreamExecutionEnvironment environment) throws Exception {
    ScoringPipeline.Stages stages = stages(environment);
    stages
        .scores()
        .map(new Failing())
        .returns(TypeInformation.of(ScoredWindow.class))
        .sinkTo(new DiscardingSink<>());
    List<String> found = new ArrayList<>();
    try (CloseableIterator<String> all =
        stages
            .detections()
            .map(d -> d.detection().toString())
            .returns(Types.STRING)
            .executeAndCollect()) {
      all.forEachRemaining(found::add);
    }
    found.sort(String::compareTo);
    return found;
  }

  private ScoringPipeline.Stages stages(StreamExecutionEnvironment environment) {
    DataGeneratorSource<FrameAudio> source =
        new DataGeneratorSource<>(
            TinyFleet::frame,
            (long) TinyFleet.SENSORS * TinyFleet.FRAMES,
            RateLimiterStrategy.perSecond(FRAMES_PER_SECOND),
            TypeInformation.of(FrameAudio.class));
    DataStream<FrameAudio> frames =
        environment.fromSource(source, WatermarkStrategy.noWatermarks(), "frames");
    DataStream<SensorRegistration> sensors =
        environment.fromData(
            TypeInformation.of(SensorRegistration.class),
            IntStream.range(0, TinyFleet.SENSORS)
                .mapToObj(TinyFleet::registration)
                .toArray(SensorRegistration[]::new));
    return ScoringPipeline.stages(frames, sensors, TinyFleet.settings(TinyFleet.bundle()), bundle);
  }

  /** Fails where {@link #FAIL_AT} says, and lets everything else pass. */
  private static final class Failing implements MapFunction<ScoredWindow, ScoredWindow> {

    private static final long serialVersionUID = 1L;

    @Override
    public ScoredWindow map(ScoredWindow window) {
      Integer next = FAIL_AT.peek();
      if (next != null && SEEN.incrementAndGet() >= next && FAIL_AT.remove(next)) {
        FAILURES.incrementAndGet();
        throw new IllegalStateException("a failure on purpose after window " + next);
      }
      return window;
    }
  }
}

package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job between its topics on a real Flink, with a real model, while it fails and starts over.
 */
class ScoringRecoveryTest {

  private static final int FRAMES_PER_SECOND = 600;

  @TempDir private Path folder;

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());

  @Test
  void eachWindowIsAnsweredOnceThoughTheJobFailsBetweenBatches() throws Exception {
    FailsOnPurpose.after(103, 411, 590, 1_000, 1_777);
    List<String> answered = windows(environment());
    assertThat(FailsOnPurpose.failures()).isEqualTo(5);
    assertThat(answered).isEqualTo(TinyFleet.windowNames(bundle));
  }

  @Test
  void detectionsAreTheSameWithAndWithoutFailures() throws Exception {
    FailsOnPurpose.after();
    List<String> calm = detections(environment());
    assertThat(calm).doesNotHaveDuplicates().hasSizeGreaterThan(TinyFleet.SENSORS);
    FailsOnPurpose.after(250, 900);
    assertThat(detections(environment())).isEqualTo(calm);
    assertThat(FailsOnPurpose.failures()).isEqualTo(2);
  }

  private StreamExecutionEnvironment environment() {
    return TinyJob.environment(TinyJob.configuration(folder));
  }

  private List<String> windows(StreamExecutionEnvironment environment) throws Exception {
    return sorted(
        stages(environment)
            .scores()
            .map(new FailsOnPurpose<>())
            .returns(TypeInformation.of(ScoredWindow.class))
            .map(w -> TinyFleet.name(w.sensorId(), w.startMicros()))
            .returns(Types.STRING));
  }

  private List<String> detections(StreamExecutionEnvironment environment) throws Exception {
    ScoringPipeline.Stages stages = stages(environment);
    stages
        .scores()
        .map(new FailsOnPurpose<>())
        .returns(TypeInformation.of(ScoredWindow.class))
        .sinkTo(new DiscardingSink<>());
    return sorted(stages.detections().map(d -> d.detection().toString()).returns(Types.STRING));
  }

  private static List<String> sorted(DataStream<String> stream) throws Exception {
    List<String> all = TinyJob.all(stream);
    all.sort(String::compareTo);
    return all;
  }

  private ScoringPipeline.Stages stages(StreamExecutionEnvironment environment) {
    return ScoringPipeline.stages(
        TinyJob.frames(environment, RateLimiterStrategy.perSecond(FRAMES_PER_SECOND)),
        TinyJob.sensors(environment),
        TinyFleet.settings(TinyFleet.bundle()),
        bundle);
  }
}

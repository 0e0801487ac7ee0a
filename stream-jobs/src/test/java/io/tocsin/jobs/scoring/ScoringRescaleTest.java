package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.SoundDetection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job is stopped with a savepoint and goes on at another parallelism with another state
 * backend, and then with another bundle.
 */
@Tag("rocksdb")
@Timeout(180)
class ScoringRescaleTest {

  private static final String WINDOWS = "windows";
  private static final String DETECTIONS = "detections";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of the fleet's 1,200; the third part gets what the first two leave. */
  private static final int FRAMES_OF_A_PART = 400;

  @TempDir private Path folder;

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());

  @Test
  void noWindowIsLostOrAnsweredTwiceOverAnotherParallelismAndAnotherBundle() throws Exception {
    List<String> windows = TinyFleet.windowNames(bundle);
    List<String> glass = glassWithoutAStop();

    String first = stopped(started(2, "hashmap", null, TinyFleet.bundle(), FRAMES_OF_A_PART));
    String second = stopped(started(3, "rocksdb", first, TinyFleet.bundle(), FRAMES_OF_A_PART));
    List<String> beforeTheOther = List.copyOf(KeptInState.passed(DETECTIONS));
    Path other = TinyFleet.otherBundle(folder.resolve("other"));
    started(2, "rocksdb", second, other, Integer.MAX_VALUE).getJobExecutionResult().get();

    assertThat(KeptInState.atEnd(WINDOWS)).containsExactlyInAnyOrderElementsOf(windows);
    assertThat(KeptInState.atEnd(DETECTIONS).stream().filter(d -> d.startsWith("glass")))
        .as("either bundle knows glass")
        .containsExactlyInAnyOrderElementsOf(glass);
    assertThat(beforeTheOther).isNotEmpty().allMatch(d -> d.startsWith("glass"));
    assertThat(KeptInState.passed(DETECTIONS))
        .anyMatch(d -> d.startsWith("glass"))
        .anyMatch(d -> d.startsWith("thud"));
  }

  private List<String> glassWithoutAStop() throws Exception {
    started(2, "hashmap", null, TinyFleet.bundle(), Integer.MAX_VALUE)
        .getJobExecutionResult()
        .get();
    List<String> heard = List.copyOf(KeptInState.atEnd(DETECTIONS));
    assertThat(heard).doesNotHaveDuplicates().hasSizeGreaterThan(10 * TinyFleet.SENSORS);
    return heard;
  }

  private JobClient started(
      int parallelism,
      String stateBackend,
      @Nullable String savepoint,
      Path bundleFolder,
      int frames)
      throws Exception {
    Configuration configuration = TinyJob.configuration(folder);
    // One that is under way when the job is told to stop could fail that.
    configuration.removeConfig(CheckpointingOptions.CHECKPOINTING_INTERVAL);
    configuration.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment environment = TinyJob.environment(configuration);
    environment.setParallelism(parallelism);
    KeptInState.clear();
    Gate.set(frames);
    build(environment, bundleFolder);
    return environment.executeAsync();
  }

  /** Stops the job while frames, and windows of them, are under way; gives its savepoint. */
  private String stopped(JobClient job) throws Exception {
    await().atMost(PATIENCE).until(() -> KeptInState.passed(WINDOWS).size() > FRAMES_OF_A_PART);
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  private void build(StreamExecutionEnvironment environment, Path bundleFolder) {
    ScoringPipeline.Stages stages =
        ScoringPipeline.stages(
            TinyJob.frames(environment, new Gate<>()),
            TinyJob.sensors(environment),
            TinyFleet.settings(bundleFolder),
            bundle);
    kept(
        WINDOWS,
        stages
            .scores()
            .map(w -> TinyFleet.name(w.sensorId(), w.startMicros()))
            .returns(Types.STRING)
            .uid("name-windows"));
    kept(
        DETECTIONS,
        stages
            .detections()
            .map(d -> heard(d.detection()))
            .returns(Types.STRING)
            .uid("name-detections"));
  }

  private static void kept(String name, DataStream<String> stream) {
    stream
        .map(new KeptInState(name))
        .returns(Types.STRING)
        .uid("keep-" + name)
        .sinkTo(new DiscardingSink<>())
        .uid("end-" + name);
  }

  /** What either bundle says of a sound; its probability, and so its id, are each one's own. */
  private static String heard(SoundDetection sound) {
    return Stream.of(
            sound.label(),
            sound.sensorId(),
            sound.onsetMicros(),
            sound.onsetSigmaMicros(),
            sound.score())
        .map(Object::toString)
        .reduce((a, b) -> a + " " + b)
        .orElseThrow();
  }
}

package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bundle on trial beside the one in use, in the job between its topics. */
@Timeout(120)
class ShadowPathTest {

  private static final String IN_USE = "in use";
  private static final String ON_TRIAL = "on trial";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private List<String> alone = List.of();
  private Path onTrial = Path.of("");

  @BeforeEach
  void withoutATrial() throws Exception {
    onTrial = TinyFleet.otherBundle(folder.resolve("other"));
    started(null).getJobExecutionResult().get();
    alone = List.copyOf(KeptInState.atEnd(IN_USE));
    assertThat(alone).hasSizeGreaterThan(10 * TinyFleet.SENSORS);
  }

  @Test
  void aTrialHasDetectionsOfItsOwnAndLeavesTheOthersAsTheyWere() throws Exception {
    started(trial("--maxEnqueuedBatches=2048")).getJobExecutionResult().get();
    assertThat(KeptInState.atEnd(IN_USE)).containsExactlyInAnyOrderElementsOf(alone);
    assertThat(KeptInState.atEnd(ON_TRIAL))
        .anyMatch(d -> d.contains("label=thud"))
        .anyMatch(d -> d.contains("label=glass"))
        .doesNotContainAnyElementsOf(alone);
  }

  @Test
  void aTrialWhoseModelHangsHoldsUpNothing() throws Exception {
    ScoringJobSettings settings = trial("--maxBatchSize=1", "--maxEnqueuedBatches=1");
    JobClient job;
    try (HeldModel model = new HeldModel(settings.inference().withBundle(onTrial.toString()))) {
      job = started(settings);
      await().atMost(PATIENCE).until(() -> KeptInState.passed(IN_USE).size() == alone.size());
      model.release();
    }
    job.getJobExecutionResult().get();
    assertThat(KeptInState.atEnd(IN_USE)).containsExactlyInAnyOrderElementsOf(alone);
  }

  private ScoringJobSettings trial(String... more) {
    String[] settings = new String[more.length + 1];
    settings[0] = "--shadowBundle=" + onTrial;
    System.arraycopy(more, 0, settings, 1, more.length);
    return TinyFleet.settings(TinyFleet.bundle(), settings);
  }

  /** Runs the fleet through the job, with the trial that {@code settings} names, if they do. */
  private JobClient started(@Nullable ScoringJobSettings settings) throws Exception {
    KeptInState.clear();
    StreamExecutionEnvironment environment = TinyJob.environment(TinyJob.configuration(folder));
    var sensors = TinyJob.sensors(environment);
    ScoringPipeline.Stages stages =
        ScoringPipeline.stages(
            TinyJob.frames(environment, RateLimiterStrategy.noOp()),
            sensors,
            settings == null ? TinyFleet.settings(TinyFleet.bundle()) : settings,
            ModelBundle.load(TinyFleet.bundle()));
    kept(IN_USE, stages.detections());
    if (settings != null) {
      kept(ON_TRIAL, ScoringPipeline.shadowed(stages, sensors, settings, onTrial.toString()));
    }
    return environment.executeAsync();
  }

  private static void kept(String name, DataStream<PlacedDetection> detections) {
    detections
        .map(d -> d.detection().toString())
        .returns(Types.STRING)
        .map(new KeptInState(name))
        .returns(Types.STRING)
        .sinkTo(new DiscardingSink<>());
  }
}

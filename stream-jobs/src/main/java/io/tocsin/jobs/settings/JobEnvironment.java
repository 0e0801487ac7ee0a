package io.tocsin.jobs.settings;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a Flink job runs.
 *
 * @param parallelism of every operator; the cluster's default when null
 * @param checkpointInterval between checkpoints; default PT10S, at least PT0.01S; PT0S for none
 * @param checkpointDirectory URI of the folder for checkpoints; the cluster's when null
 * @param restoreFrom a savepoint or retained checkpoint to start from; null to start anew
 * @param cluster {@code host:port} of a session cluster's REST endpoint whose class path holds the
 *     job; null when the job is started by {@code flink run} or in this process
 */
public record JobEnvironment(
    @Nullable Integer parallelism,
    Duration checkpointInterval,
    @Nullable String checkpointDirectory,
    @Nullable String restoreFrom,
    @Nullable String cluster) {

  private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(20);
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

  @SuppressWarnings("ConstantValue")
  public JobEnvironment {
    checkpointInterval = checkpointInterval == null ? Duration.ofSeconds(10) : checkpointInterval;
    if (!checkpointInterval.isZero() && checkpointInterval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw new SettingsException(
          "environment.checkpointInterval is "
              + checkpointInterval
              + "; give PT0.01S or more, or PT0S for no checkpoints");
    }
  }

  /** All defaults. */
  public static JobEnvironment defaults() {
    return new JobEnvironment(null, Duration.ofSeconds(10), null, null, null);
  }

  /**
   * Makes sure that a job may write here as it is told to: transactions end with checkpoints.
   *
   * @param where null for {@link #defaults()}
   * @throws SettingsException if it is to write exactly once and there are no checkpoints, or if
   *     its transactions would be taken back before the next one
   */
  public static void requireFor(KafkaSettings kafka, @Nullable JobEnvironment where) {
    Duration interval = (where == null ? defaults() : where).checkpointInterval();
    if (!kafka.exactlyOnce()) {
      return;
    }
    if (interval.isZero()) {
      throw new SettingsException(
          "kafka.exactlyOnce writes in transactions that end with a checkpoint, and"
              + " environment.checkpointInterval is PT0S, which means none; give an interval such as"
              + " PT1S, or leave kafka.exactlyOnce out");
    }
    if (kafka.transactionTimeout().compareTo(interval) <= 0) {
      throw new SettingsException(
          "kafka.transactionTimeout is "
              + kafka.transactionTimeout()
              + ", not longer than environment.checkpointInterval "
              + interval
              + ": the broker would take back what was written before a checkpoint ends it; give a"
              + " shorter interval or a longer timeout");
    }
  }

  /** The environment that a job builds its pipeline in. */
  public StreamExecutionEnvironment create() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    // Records are immutable and copied by nobody, so that operators may hand them on as they are.
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    // A record waits this long for others between two operators, and there are several such steps
    // between a cry and its alert.
    configuration.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    if (checkpointDirectory != null) {
      configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpointDirectory);
    }
    if (restoreFrom != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, restoreFrom);
    }
    if (cluster != null) {
      int colon = cluster.lastIndexOf(':');
      if (colon < 1) {
        throw new SettingsException("cluster is '" + cluster + "'; write host:port");
      }
      configuration.set(DeploymentOptions.TARGET, "remote");
      configuration.set(DeploymentOptions.ATTACHED, false);
      configuration.set(JobManagerOptions.ADDRESS, cluster.substring(0, colon));
      configuration.set(RestOptions.ADDRESS, cluster.substring(0, colon));
      configuration.set(RestOptions.PORT, Integer.parseInt(cluster.substring(colon + 1)));
    }
    // Outside `flink run`, getExecutionEnvironment gives a local one whatever the target says.
    StreamExecutionEnvironment environment =
        cluster == null
            ? StreamExecutionEnvironment.getExecutionEnvironment(configuration)
            : new StreamExecutionEnvironment(configuration);
    if (parallelism != null) {
      environment.setParallelism(parallelism);
    }
    return environment;
  }
}

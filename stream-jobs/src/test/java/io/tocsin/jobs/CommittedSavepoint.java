package io.tocsin.jobs;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A savepoint in the repository that an earlier build of a job wrote: one file in Flink's canonical
 * format, and beside it what the job had said until then, a line each.
 *
 * @param job whose it is
 */
public record CommittedSavepoint(String job) {

  private static final String METADATA = "_metadata";
  private static final String SAID = "said.txt";

  /** Whether a new one is to be taken: a system property. */
  public static boolean isToBeTaken() {
    return Boolean.getBoolean("tocsin.savepoints.record");
  }

  /** A Flink in this process: heap state, and no second try. */
  public static StreamExecutionEnvironment fresh() {
    return environment(new Configuration());
  }

  /** The same, from a savepoint on. */
  public static StreamExecutionEnvironment from(URI savepoint, boolean allowsWhatIsNotRestored) {
    Configuration configuration = new Configuration();
    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toString());
    configuration.set(
        StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, allowsWhatIsNotRestored);
    return environment(configuration);
  }

  private static StreamExecutionEnvironment environment(Configuration configuration) {
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    // All state within the metadata, so that the savepoint is one file.
    configuration.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(1);
    return environment;
  }

  /** Where it lies. */
  public URI uri() {
    try {
      return Objects.requireNonNull(
              CommittedSavepoint.class.getResource("/savepoints/" + job + "/" + METADATA),
              "no savepoint of " + job + "; take one with -Dtocsin.savepoints.record=true")
          .toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the job had said when it was taken. */
  public List<String> said() throws IOException {
    return Files.readAllLines(Path.of(uri()).resolveSibling(SAID));
  }

  /**
   * Stops a job with a savepoint, which takes this one's place in the source tree.
   *
   * @param temporary folder that Flink writes it to
   * @param said asked for when the job has stopped
   */
  public void take(JobClient running, Path temporary, Supplier<List<String>> said)
      throws Exception {
    String taken =
        running
            .stopWithSavepoint(false, temporary.toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    Path folder = Files.createDirectories(Path.of("src/test/resources/savepoints", job));
    Files.copy(
        Path.of(URI.create(taken)).resolve(METADATA),
        folder.resolve(METADATA),
        StandardCopyOption.REPLACE_EXISTING);
    Files.write(folder.resolve(SAID), said.get());
  }
}

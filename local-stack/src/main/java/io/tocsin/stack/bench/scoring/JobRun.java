package io.tocsin.stack.bench.scoring;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackException;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** ScoringJob on the stack's Flink cluster, from its submission to its end. */
final class JobRun implements AutoCloseable {

  private static final int SUBMISSION_HEAP_MEBIBYTES = 256;

  /** Seldom, since a look makes Flink collect every number that it has. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final Duration STANDSTILL = Duration.ofSeconds(60);
  private static final String SCORED = "score_windows.windowsScored";

  private final LocalStack stack;
  private final FlinkRest.Job job;

  private JobRun(LocalStack stack, FlinkRest.Job job) {
    this.stack = stack;
    this.job = job;
  }

  /** When so many windows had been scored; {@link System#nanoTime}. */
  record Look(long nanos, double windows) {}

  /** How what the job writes comes to be there. */
  record Delivery(boolean exactlyOnce, Duration checkpointInterval) {

    /** The job's defaults. */
    static final Delivery USUAL =
        new Delivery(false, JobEnvironment.defaults().checkpointInterval());
  }

  /** Submits the job with its usual delivery. */
  static JobRun start(LocalStack stack, Path bundle, String group, int parallelism)
      throws InterruptedException {
    return start(stack, bundle, group, parallelism, Delivery.USUAL);
  }

  /**
   * Submits the job; it reads from where {@code group} stands, or from the beginning.
   *
   * @param group its consumer group
   */
  static JobRun start(
      LocalStack stack, Path bundle, String group, int parallelism, Delivery delivery)
      throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            "kafka",
            Map.of(
                "bootstrapServers",
                stack.endpoints().bootstrapServers(),
                "registryUrl",
                stack.endpoints().registryUrl(),
                "groupId",
                group,
                "exactlyOnce",
                delivery.exactlyOnce()),
            "environment",
            Map.of(
                "parallelism",
                parallelism,
                "checkpointInterval",
                delivery.checkpointInterval().toString()),
            "bundle",
            bundle.toString());
    Path file = stack.stateDir().resolve(group + ".yaml");
    try {
      new YAMLMapper().writeValue(file.toFile(), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
    stack.forgetCheckpoints(ScoringJob.NAME);
    return new JobRun(
        stack,
        stack.submitJob(
            new JvmProgram(
                ScoringJob.NAME,
                ScoringJob.class.getName(),
                SUBMISSION_HEAP_MEBIBYTES,
                List.of("--config=" + file))));
  }

  /**
   * Waits until {@code windows} windows are scored.
   *
   * @return how far the job was, now and then
   * @throws StackException if no window more is scored for a minute, or more than asked for
   */
  List<Look> awaitWindows(long windows) throws InterruptedException {
    List<Look> looks = new ArrayList<>();
    FlinkRest.@Nullable VertexMetric metric = null;
    double last = 0;
    long progressNanos = System.nanoTime();
    while (last < windows) {
      Thread.sleep(BETWEEN_LOOKS.toMillis());
      long now = System.nanoTime();
      try {
        if (metric == null) {
          Optional<FlinkRest.VertexMetric> found = stack.flink().vertexMetric(job.id(), SCORED);
          metric = found.orElse(null);
        }
        double scored = metric == null ? 0 : stack.flink().sum(metric);
        if (scored > last) {
          last = scored;
          progressNanos = now;
          looks.add(new Look(now, scored));
        }
      } catch (IOException e) {
        throw new StackException("Flink does not say how far " + ScoringJob.NAME + " is: " + e);
      }
      if (now - progressNanos > STANDSTILL.toNanos()) {
        throw new StackException(
            "%s stands at %.0f of %d windows for %d s; see %s"
                .formatted(
                    ScoringJob.NAME,
                    last,
                    windows,
                    STANDSTILL.toSeconds(),
                    stack.stateDir().resolve("log")));
      }
    }
    if (last > windows) {
      throw new StackException(
          "%s scored %.0f windows, the frames hold %d".formatted(ScoringJob.NAME, last, windows));
    }
    return looks;
  }

  /** Windows scored so far. */
  double windowsScored() throws IOException, InterruptedException {
    return stack.flink().sumOfMetric(job.id(), SCORED);
  }

  /** Open tensors of ONNX Runtime in the TaskManager's process; NaN at first. */
  double tensorsOpen() throws IOException, InterruptedException {
    Optional<FlinkRest.VertexMetric> metric =
        stack.flink().vertexMetric(job.id(), "score_windows.tensorsOpen");
    return metric.isEmpty() ? Double.NaN : stack.flink().highest(metric.get());
  }

  /** Restarts of the job. */
  int restarts() throws IOException, InterruptedException {
    return stack
        .flink()
        .json("/jobs/" + job.id() + "/metrics?get=numRestarts")
        .path(0)
        .path("value")
        .asInt();
  }

  /**
   * Windows per second after the first third and before the last tenth: the slope of the
   * least-squares line through what was counted. A job's first seconds are its start and the JVM's
   * compiling, its last are sensors without audio.
   *
   * @throws StackException if there are too few looks for a line
   */
  static double windowsPerSecond(List<Look> all) {
    double windows = all.isEmpty() ? 0 : all.get(all.size() - 1).windows();
    List<Look> looks =
        all.stream().filter(l -> l.windows() > windows / 3 && l.windows() < 0.9 * windows).toList();
    if (looks.size() < 3) {
      throw new StackException(
          "the measurement was over after " + looks.size() + " looks; ask for more --windows");
    }
    double meanNanos = looks.stream().mapToDouble(Look::nanos).average().orElseThrow();
    double meanWindows = looks.stream().mapToDouble(Look::windows).average().orElseThrow();
    double both = 0;
    double squares = 0;
    for (Look look : looks) {
      both += (look.nanos() - meanNanos) * (look.windows() - meanWindows);
      squares += (look.nanos() - meanNanos) * (look.nanos() - meanNanos);
    }
    return both / squares * 1e9;
  }

  @Override
  public void close() {
    try {
      stack.flink().cancel(job.id());
    } catch (IOException e) {
      throw new UncheckedIOException(ScoringJob.NAME + " cannot be cancelled", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.tocsin.stack.bench.scoring;

import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * ScoringJob under a load that it never catches up with, while the memory of its process is
 * watched.
 */
public final class Soak {

  private static final int SENSORS = 128;
  private static final int FRAME_MILLIS = 1_000;

  /** Windows that wait in Kafka: some seconds of work. */
  private static final int MOST_AHEAD = 20_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);
  private static final Duration CATCHING_UP = Duration.ofMinutes(2);
  private static final String TASK_MANAGER = "flink-taskmanager";

  /**
   * What was seen.
   *
   * @param windowsPerSecond over the whole time
   * @param windowsMissing published but not scored when the load ended and was caught up with
   * @param residentMebibytes of the TaskManager, every ten seconds
   * @param growthMebibytesPerMinute slope of the least-squares line through its second half
   * @param tensorsOpen of ONNX Runtime, every ten seconds
   */
  public record Report(
      double minutes,
      long windows,
      double windowsPerSecond,
      long windowsMissing,
      int restarts,
      List<Double> residentMebibytes,
      double growthMebibytesPerMinute,
      List<Double> tensorsOpen) {}

  private final LocalStack stack;
  private final Path bundlePath;
  private final ModelBundle bundle;
  private final FleetAudio audio;
  private final Consumer<String> progress;

  /**
   * Reads the recordings.
   *
   * @param recordings folders with audio files
   */
  public Soak(LocalStack stack, Path bundle, List<Path> recordings, Consumer<String> progress)
      throws IOException {
    this.stack = stack;
    this.bundlePath = bundle;
    this.bundle = ModelBundle.load(bundle);
    this.audio = new FleetAudio(recordings, this.bundle.sampleRateHertz(), 1);
    this.progress = progress;
  }

  /** Loads the job for {@code length}. */
  public Report run(Duration length) throws IOException, InterruptedException, ExecutionException {
    boundTheTopic();
    int samples = FRAME_MILLIS * bundle.sampleRateHertz() / 1_000;
    List<Double> resident = new ArrayList<>();
    List<Double> tensors = new ArrayList<>();
    try (FrameTopic topic =
            new FrameTopic(stack.endpoints(), audio, bundle.sampleRateHertz(), "soak", SENSORS);
        JobRun job =
            JobRun.start(stack, bundlePath, "soak", Runtime.getRuntime().availableProcessors())) {
      FrameTopic.Feed feed =
          topic.feed(FrameTopic.nowMicros() - Duration.ofDays(1).toNanos() / 1_000, samples);
      long begun = System.nanoTime();
      long lastLook = begun;
      long frames = 0;
      double scored = 0;
      while (System.nanoTime() - begun < length.toNanos()) {
        if (windowsIn(frames, samples) - scored < MOST_AHEAD) {
          feed.next();
          frames++;
        } else {
          Thread.sleep(BETWEEN_QUESTIONS.toMillis());
          scored = job.windowsScored();
        }
        if (System.nanoTime() - lastLook >= BETWEEN_LOOKS.toNanos()) {
          lastLook = System.nanoTime();
          resident.add(residentMebibytes());
          tensors.add(job.tensorsOpen());
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "%.0f s: %.0f windows, %.0f MiB resident, %.0f tensors open",
                  (lastLook - begun) / 1e9,
                  scored,
                  resident.get(resident.size() - 1),
                  tensors.get(tensors.size() - 1)));
        }
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      double inTime = job.windowsScored();
      long windows = windowsIn(frames, samples);
      long missing = windows - Math.round(caughtUp(job, windows));
      return new Report(
          seconds / 60,
          windows,
          inTime / seconds,
          missing,
          job.restarts(),
          resident,
          slope(resident.subList(resident.size() / 2, resident.size()))
              * (60.0 / BETWEEN_LOOKS.toSeconds()),
          tensors);
    }
  }

  private long windowsIn(long frames, int samples) {
    return SENSORS
        * WindowCutter.windowsOf(frames * samples, bundle.windowSamples(), bundle.hopSamples());
  }

  private static double caughtUp(JobRun job, long windows)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + CATCHING_UP.toNanos();
    double scored = job.windowsScored();
    while (scored < windows && System.nanoTime() < deadline) {
      Thread.sleep(500);
      scored = job.windowsScored();
    }
    return scored;
  }

  /** Old frames go: minutes at saturation are gigabytes. */
  private void boundTheTopic() throws InterruptedException, ExecutionException {
    ConfigResource topic =
        new ConfigResource(ConfigResource.Type.TOPIC, Topics.AUDIO_FRAMES.name());
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.endpoints().bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  topic,
                  List.of(
                      set(TopicConfig.RETENTION_BYTES_CONFIG, 1L << 30),
                      set(TopicConfig.SEGMENT_BYTES_CONFIG, 64L << 20))))
          .all()
          .get();
    }
  }

  private static AlterConfigOp set(String name, long value) {
    return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
  }

  private double residentMebibytes() throws IOException {
    Path status = Path.of("/proc/" + stack.processId(TASK_MANAGER) + "/status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1_024.0;
      }
    }
    throw new StackException(status + " tells no VmRSS");
  }

  private static double slope(List<Double> values) {
    double meanX = (values.size() - 1) / 2.0;
    double meanY = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double both = 0;
    double squares = 0;
    for (int i = 0; i < values.size(); i++) {
      both += (i - meanX) * (values.get(i) - meanY);
      squares += (i - meanX) * (i - meanX);
    }
    return both / squares;
  }
}

package io.tocsin.stack.bench.scoring;

import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.LocalStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Frames at the pace of time through a running ScoringJob, and when a consumer of committed records
 * had each detection.
 */
final class OpenLoop {

  /** What a consumer is granted beyond two checkpoints, before a detection is missing. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** What sensors send, and for how long. */
  record Load(int sensors, int seconds, int frameMillis) {}

  /**
   * How long detections took; lists ascend.
   *
   * @param sinceWindowMillis from the end of the window that let each come out
   * @param sinceFrameMillis from the sending of the frame that completed this window
   * @param missing detections that the same audio gives outside of the job, but were not read
   */
  record Sample(List<Double> sinceWindowMillis, List<Double> sinceFrameMillis, int missing) {

    Sample {
      sinceWindowMillis = sinceWindowMillis.stream().sorted().toList();
      sinceFrameMillis = sinceFrameMillis.stream().sorted().toList();
    }
  }

  private final LocalStack stack;
  private final int partitions;
  private final Path bundlePath;
  private final ModelBundle bundle;
  private final FleetAudio audio;

  /**
   * @param partitions of the stack's topics
   */
  OpenLoop(LocalStack stack, int partitions, Path bundle, FleetAudio audio) {
    this.stack = stack;
    this.partitions = partitions;
    this.bundlePath = bundle;
    this.bundle = ModelBundle.load(bundle);
    this.audio = audio;
  }

  /**
   * Runs the job under a load that does not wait for it.
   *
   * @param fleet begins the sensors' ids and is the job's consumer group; never used before
   */
  Sample run(String fleet, Load load, JobRun.Delivery delivery)
      throws InterruptedException, ExecutionException {
    int frameSamples = load.frameMillis() * bundle.sampleRateHertz() / 1_000;
    int frames = load.seconds() * 1_000 / load.frameMillis();
    skipToEnd(fleet);
    try (FrameTopic topic =
            new FrameTopic(
                stack.endpoints(), audio, bundle.sampleRateHertz(), fleet, load.sensors());
        LatencyRun.Reader reader = new LatencyRun.Reader(stack.endpoints());
        JobRun run =
            JobRun.start(
                stack, bundlePath, fleet, Runtime.getRuntime().availableProcessors(), delivery)) {
      long[] first = topic.play(frames, frameSamples);
      var unused =
          run.awaitWindows(
              load.sensors()
                  * WindowCutter.windowsOf(
                      (long) frames * frameSamples, bundle.windowSamples(), bundle.hopSamples()));
      try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
        Map<String, LatencyRun.Decided> decided =
            LatencyRun.decided(bundle, scorer, topic, audio, first, frames, frameSamples);
        reader.await(decided.keySet(), delivery.checkpointInterval().multipliedBy(2).plus(GRACE));
        return sample(decided, reader.finish());
      }
    }
  }

  private static Sample sample(
      Map<String, LatencyRun.Decided> decided, Map<String, Long> readAtMicros) {
    List<Double> sinceWindow = new ArrayList<>();
    List<Double> sinceFrame = new ArrayList<>();
    decided.forEach(
        (id, at) -> {
          Long read = readAtMicros.get(id);
          if (read != null) {
            sinceWindow.add((read - at.windowEndMicros()) / 1_000.0);
            sinceFrame.add((read - at.frameSentMicros()) / 1_000.0);
          }
        });
    return new Sample(sinceWindow, sinceFrame, decided.size() - sinceWindow.size());
  }

  private void skipToEnd(String group) throws InterruptedException, ExecutionException {
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.endpoints().bootstrapServers()))) {
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      for (int p = 0; p < partitions; p++) {
        asked.put(new TopicPartition(Topics.AUDIO_FRAMES.name(), p), OffsetSpec.latest());
      }
      Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
      admin
          .listOffsets(asked)
          .all()
          .get()
          .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
      admin.alterConsumerGroupOffsets(group, ends).all().get();
    }
  }

  /** A quantile of values that ascend; NaN where there are none. */
  static double quantile(List<Double> ascending, double share) {
    return ascending.isEmpty()
        ? Double.NaN
        : ascending.get((int) Math.min(ascending.size() - 1, Math.floor(share * ascending.size())));
  }
}

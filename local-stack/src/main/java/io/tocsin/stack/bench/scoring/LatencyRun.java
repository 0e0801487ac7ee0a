package io.tocsin.stack.bench.scoring;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.inference.WindowScores;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.Endpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * When detections could be read from Kafka, against the end of the window that let each come out.
 * Which window that was is computed again from the same audio with the same code, outside of the
 * job; so this also tells whether the job found what there is to find.
 */
final class LatencyRun {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration DISORDER = Duration.ofSeconds(5);

  private LatencyRun() {}

  /** Reads the detections topic from its present end on, in a thread of its own. */
  static final class Reader implements AutoCloseable {

    private final Map<String, Long> readAtMicros = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean stopping;

    Reader(Endpoints endpoints) {
      KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              Map.<String, Object>of(
                  ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                  endpoints.bootstrapServers(),
                  ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                  "read_committed"),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(Topics.DETECTIONS.name())) {
        partitions.add(new TopicPartition(partition.topic(), partition.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      ConfluentAvroDeserializer<Detection> detections =
          new ConfluentAvroDeserializer<>(
              Registry.connect(new RegistrySettings(endpoints.registryUrl(), false)),
              Detection.class);
      thread = new Thread(() -> read(consumer, detections), "detections");
      thread.start();
    }

    private void read(
        KafkaConsumer<byte[], byte[]> consumer, ConfluentAvroDeserializer<Detection> detections) {
      try (consumer;
          detections) {
        while (!stopping) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            long now = FrameTopic.nowMicros();
            Detection detection = detections.deserialize(record.topic(), record.value());
            if (detection != null) {
              readAtMicros.putIfAbsent(detection.getDetectionId(), now);
            }
          }
        }
      }
    }

    /** Waits until all of these detections were read, or until so much time has gone by. */
    void await(Set<String> detectionIds, Duration longest) throws InterruptedException {
      long deadline = System.nanoTime() + longest.toNanos();
      while (!readAtMicros.keySet().containsAll(detectionIds) && System.nanoTime() < deadline) {
        Thread.sleep(POLL.toMillis());
      }
    }

    /** Ends reading; detections' ids with the instant at which each was first read. */
    Map<String, Long> finish() throws InterruptedException {
      stopping = true;
      thread.join();
      return readAtMicros;
    }

    @Override
    public void close() {
      stopping = true;
    }
  }

  /**
   * When a detection could come out at the earliest, microseconds since the epoch.
   *
   * @param windowEndMicros the end of the window that lets it come out
   * @param frameSentMicros when the frame was due that completes this window
   */
  record Decided(long windowEndMicros, long frameSentMicros) {}

  /**
   * When each detection could come out, by detection. Only what came out while the audio went on.
   *
   * @param firstMicros instant of each sensor's first sample
   */
  static Map<String, Decided> decided(
      ModelBundle bundle,
      WindowScorer scorer,
      FrameTopic fleet,
      FleetAudio audio,
      long[] firstMicros,
      int frames,
      int samples)
      throws InterruptedException {
    Map<String, Decided> decided = new HashMap<>();
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(), bundle.windowSamples(), bundle.hopSamples(), DISORDER);
    WindowAnnotator annotator = new WindowAnnotator(bundle);
    DetectionTracker tracker = new DetectionTracker(bundle);
    long lengthMicros = samples * 1_000_000L / bundle.sampleRateHertz();
    for (int s = 0; s < firstMicros.length; s++) {
      FleetAudio.Ear ear = audio.at(s);
      List<AudioWindow> windows = new ArrayList<>();
      List<Long> sentMicros = new ArrayList<>();
      @Nullable CutterState cut = null;
      for (int f = 0; f < frames; f++) {
        CutResult result =
            cutter.accept(
                cut,
                FrameAudio.of(
                    fleet.sensorId(s),
                    fleet.name(),
                    f,
                    firstMicros[s] + f * lengthMicros,
                    "GPS",
                    1_000,
                    bundle.sampleRateHertz(),
                    ear.next(samples)));
        cut = result.state();
        windows.addAll(result.windows());
        while (sentMicros.size() < windows.size()) {
          sentMicros.add(firstMicros[s] + (f + 1) * lengthMicros);
        }
      }
      List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
      for (AudioWindow window : windows) {
        answers.add(scorer.score(window.samples()));
      }
      @Nullable TrackerState state = null;
      for (int w = 0; w < windows.size(); w++) {
        ScoredWindow scored = annotator.annotated(windows.get(w), answers.get(w).join());
        DetectionTracker.Step step = tracker.accept(state, scored);
        state = step.state();
        for (SoundDetection detection : step.detections()) {
          decided.put(detection.detectionId(), new Decided(scored.endMicros(), sentMicros.get(w)));
        }
      }
    }
    return decided;
  }
}

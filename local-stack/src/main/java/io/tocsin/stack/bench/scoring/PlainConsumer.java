package io.tocsin.stack.bench.scoring;

import ai.onnxruntime.OrtException;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.Endpoints;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The simplest program that does the work, for comparison: a consumer and a model a core, windows
 * cut by counting samples, no state that outlives it, nothing written.
 */
final class PlainConsumer {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final float FULL_SCALE = 32_768f;

  private final Endpoints endpoints;
  private final ModelBundle bundle;
  private final BareLoop model;
  private final int threads;
  private final int batch;
  private final AtomicLong heard = new AtomicLong();

  /**
   * @param threads consumers, each with its share of the partitions
   * @param batch windows in a call of the model
   */
  PlainConsumer(Endpoints endpoints, ModelBundle bundle, BareLoop model, int threads, int batch) {
    this.endpoints = endpoints;
    this.bundle = bundle;
    this.model = model;
    this.threads = threads;
    this.batch = batch;
  }

  /**
   * Reads the frames topic from its beginning until {@code windows} windows are scored.
   *
   * @return windows per second
   */
  double run(int partitions, long windows) throws InterruptedException, ExecutionException {
    AtomicLong left = new AtomicLong(windows);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long started = System.nanoTime();
      List<Future<Void>> ends = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        List<TopicPartition> share = new ArrayList<>();
        for (int p = t; p < partitions; p += threads) {
          share.add(new TopicPartition(Topics.AUDIO_FRAMES.name(), p));
        }
        ends.add(
            pool.submit(
                () -> {
                  consume(share, left);
                  return null;
                }));
      }
      for (Future<Void> end : ends) {
        end.get();
      }
      return windows / ((System.nanoTime() - started) / 1e9);
    } finally {
      pool.shutdownNow();
    }
  }

  private void consume(List<TopicPartition> share, AtomicLong left) throws OrtException {
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            endpoints.bootstrapServers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed");
    FloatBuffer input =
        ByteBuffer.allocateDirect(batch * bundle.windowSamples() * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    Map<String, Tail> tails = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        ConfluentAvroDeserializer<AudioFrame> frames =
            new ConfluentAvroDeserializer<>(
                Registry.connect(new RegistrySettings(endpoints.registryUrl(), false)),
                AudioFrame.class)) {
      consumer.assign(share);
      consumer.seekToBeginning(share);
      int waiting = 0;
      while (left.get() > 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          AudioFrame frame = frames.deserialize(record.topic(), record.value());
          if (frame == null) {
            continue;
          }
          Tail tail = tails.computeIfAbsent(frame.getSensorId(), s -> new Tail());
          tail.append(Pcm16.decode(frame.getSamples()));
          while (tail.fill(input)) {
            if (++waiting == batch) {
              score(input, waiting);
              left.addAndGet(-waiting);
              waiting = 0;
            }
          }
        }
        if (waiting > 0) {
          score(input, waiting);
          left.addAndGet(-waiting);
          waiting = 0;
        }
      }
    }
  }

  private void score(FloatBuffer input, int count) throws OrtException {
    int outputs = bundle.outputs().size();
    float[] scores = new float[count * outputs];
    model.score(input.flip(), count, scores);
    input.clear();
    for (LabelSpec label : bundle.labels()) {
      for (int i = bundle.outputs().indexOf(label.name()); i < scores.length; i += outputs) {
        if (scores[i] >= label.onThreshold()) {
          heard.incrementAndGet();
        }
      }
    }
  }

  /** Samples of a sensor that are not in a window yet, or in the next one too. */
  private final class Tail {

    private short[] samples = new short[0];
    private int from;

    void append(short[] more) {
      short[] all = new short[samples.length - from + more.length];
      System.arraycopy(samples, from, all, 0, samples.length - from);
      System.arraycopy(more, 0, all, samples.length - from, more.length);
      samples = all;
      from = 0;
    }

    boolean fill(FloatBuffer input) {
      if (samples.length - from < bundle.windowSamples()) {
        return false;
      }
      float[] window = new float[bundle.windowSamples()];
      for (int i = 0; i < window.length; i++) {
        window[i] = samples[from + i] / FULL_SCALE;
      }
      input.put(window);
      from += bundle.hopSamples();
      return true;
    }
  }
}

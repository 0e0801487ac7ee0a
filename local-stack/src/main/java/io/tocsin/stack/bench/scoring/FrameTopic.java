package io.tocsin.stack.bench.scoring;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.SensorLink;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Endpoints;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A fleet's frames into Kafka through the edge producer's own code. */
public final class FrameTopic implements AutoCloseable {

  private static final Clock CLOCK =
      Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build();
  private static final double SPACING_DEGREES = 0.002;
  private static final int ROW = 40;

  private final FleetProducer producer;
  private final FleetAudio audio;
  private final int sampleRateHertz;
  private final String fleet;
  private final List<SensorLink> links = new ArrayList<>();

  /**
   * Registers {@code sensors} sensors.
   *
   * @param fleet begins the sensors' ids
   */
  public FrameTopic(
      Endpoints endpoints, FleetAudio audio, int sampleRateHertz, String fleet, int sensors) {
    this.audio = audio;
    this.sampleRateHertz = sampleRateHertz;
    this.fleet = fleet;
    this.producer =
        FleetProducer.connect(
            endpoints.bootstrapServers(),
            Registry.connect(new RegistrySettings(endpoints.registryUrl(), false)),
            false,
            Map.of());
    for (int i = 0; i < sensors; i++) {
      int row = i / ROW;
      double east = SPACING_DEGREES * (i % ROW);
      links.add(
          new SensorLink(
              SensorIdentity.of(sensorId(i), 48 + row * SPACING_DEGREES, 11 + east, 400, CLOCK),
              producer,
              fleet,
              sampleRateHertz,
              AudioEncoding.PCM_S16LE));
    }
    producer.flush();
  }

  /** What the sensors' ids begin with; their boot id too. */
  String name() {
    return fleet;
  }

  /** The id of sensor number {@code sensor}. */
  String sensorId(int sensor) {
    return "%s-%04d".formatted(fleet, sensor);
  }

  /**
   * Publishes {@code frames} frames of each sensor as fast as Kafka takes them, as a fleet would:
   * one of each sensor, then the next of each.
   *
   * @param samples in each frame
   */
  public void preload(int frames, int samples) {
    Feed feed = feed(nowMicros() - frames * micros(samples), samples);
    for (int f = 0; f < frames; f++) {
      feed.next();
    }
  }

  /** Frames of all sensors from an instant on, as fast as they are asked for. */
  Feed feed(long startMicros, int samples) {
    return new Feed(startMicros, samples);
  }

  /** Publishes a frame of each sensor at a time. */
  final class Feed {

    private final List<FleetAudio.Ear> ears = ears();
    private final int samples;
    private long capturedAt;

    private Feed(long startMicros, int samples) {
      this.capturedAt = startMicros;
      this.samples = samples;
    }

    /** Publishes the next frame of each sensor; they are acknowledged when this returns. */
    void next() {
      for (int i = 0; i < links.size(); i++) {
        var unused = links.get(i).send(ears.get(i).next(samples), capturedAt);
      }
      capturedAt += micros(samples);
      // The links' buffers hold everything that is not acknowledged yet.
      producer.flush();
      requireNoneDropped();
    }
  }

  /**
   * Publishes frames at the pace of time, whether or not anybody keeps up, each sensor with a phase
   * of its own.
   *
   * @return instant of each sensor's first sample, microseconds since the epoch
   */
  long[] play(int frames, int samples) throws InterruptedException {
    List<FleetAudio.Ear> ears = ears();
    long length = micros(samples);
    long startMicros = nowMicros();
    long startNanos = System.nanoTime();
    long[] first = new long[links.size()];
    for (int i = 0; i < first.length; i++) {
      first[i] = startMicros + length * i / first.length;
    }
    for (int f = 0; f < frames; f++) {
      for (int i = 0; i < links.size(); i++) {
        long capturedAt = first[i] + f * length;
        long dueNanos = startNanos + (capturedAt + length - startMicros) * 1_000;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNanos - System.nanoTime()));
        var unused = links.get(i).send(ears.get(i).next(samples), capturedAt);
      }
    }
    producer.flush();
    requireNoneDropped();
    return first;
  }

  private List<FleetAudio.Ear> ears() {
    List<FleetAudio.Ear> ears = new ArrayList<>();
    for (int i = 0; i < links.size(); i++) {
      ears.add(audio.at(i));
    }
    return ears;
  }

  private void requireNoneDropped() {
    long dropped = links.stream().mapToLong(SensorLink::framesDropped).sum();
    if (dropped > 0) {
      throw new IllegalStateException(
          "Kafka did not take " + dropped + " frames; the measurement would be of less than asked");
    }
  }

  private long micros(int samples) {
    return samples * 1_000_000L / sampleRateHertz;
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public void close() {
    producer.close();
  }
}

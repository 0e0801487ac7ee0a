package io.tocsin.edge.forward;

import io.tocsin.edge.FrameCoder;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One sensor in front of a spool: makes frames and heartbeats. */
public final class SpooledSensor {

  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);

  private final SensorIdentity identity;
  private final String bootId;
  private final FrameCoder coder;
  private final StoreAndForward forward;
  private final SoundMeter meter = new SoundMeter();
  private final BooleanSupplier alive;

  /**
   * Begins to send heartbeats, which are about now and therefore not stored.
   *
   * @param bootId names this run of the producer
   */
  public SpooledSensor(
      SensorIdentity identity,
      StoreAndForward forward,
      String bootId,
      int sampleRateHertz,
      AudioEncoding encoding) {
    this(identity, forward, bootId, sampleRateHertz, encoding, () -> true);
  }

  /**
   * Begins to send heartbeats while the sensor lives.
   *
   * @param bootId names this run of the producer
   * @param alive whether a sensor that is not this process is heard of
   */
  public SpooledSensor(
      SensorIdentity identity,
      StoreAndForward forward,
      String bootId,
      int sampleRateHertz,
      AudioEncoding encoding,
      BooleanSupplier alive) {
    this.alive = alive;
    this.identity = identity;
    this.bootId = bootId;
    this.coder = new FrameCoder(identity, bootId, sampleRateHertz, encoding);
    this.forward = forward;
    beat();
  }

  private void beat() {
    forward.message(
        producer -> {
          // Where frames do not get through, heartbeats would only pile up.
          if (alive.getAsBoolean() && forward.status().reachable()) {
            var unused = producer.send(heartbeat());
          }
          beat();
        },
        failure -> beat(),
        HEARTBEAT_EVERY);
  }

  /** What is said of the time since the last. */
  Heartbeat heartbeat() {
    ForwardStatus status = forward.status();
    SoundMeter.@Nullable Reading heard = meter.take().orElse(null);
    return Heartbeat.newBuilder()
        .setSensorId(identity.sensorId())
        .setBootId(bootId)
        .setSentAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
        .setClock(coder.clock())
        .setSpoolDepth(status.spool().depth())
        .setSpoolAgeMillis(status.spool().oldest().toMillis())
        .setLevelDbfs(heard == null ? null : (Float) heard.levelDbfs())
        .setClippedShare(heard == null ? null : (Float) heard.clippedShare())
        .setDcOffset(heard == null ? null : (Float) heard.dcOffset())
        .setSilentShare(heard == null ? null : (Float) heard.silentShare())
        .setTemperatureCelsius(Temperature.hottestCelsius().orElse(null))
        .setFramesSent(status.acknowledged())
        .setFramesDropped(status.dropped())
        .setFirmware(identity.sensor().getFirmware())
        .build();
  }

  /** The next frame, numbered and not accepted yet. */
  public AudioFrame frame(short[] samples, long capturedAtMicros) {
    return coder.frame(samples, capturedAtMicros);
  }

  /** Hears samples for the heartbeat, whatever is sent of them. */
  public void captured(short[] samples) {
    meter.hear(samples);
  }

  /** Numbers samples that are captured and not sent as a frame. */
  public void pass(short[] samples, long capturedAtMicros) {
    coder.pass(samples, capturedAtMicros);
  }

  /** As {@link StoreAndForward#accept(AudioFrame)}. */
  public boolean accept(AudioFrame frame) {
    return forward.accept(frame);
  }

  /** As {@link StoreAndForward#accept(AudioEmbedding)}. */
  public boolean accept(AudioEmbedding embedding) {
    return forward.accept(embedding);
  }

  /**
   * Takes the next samples; returns when they are kept.
   *
   * @param capturedAtMicros instant of the first sample
   * @return false if there is no room for them, which is counted
   */
  public boolean accept(short[] samples, long capturedAtMicros) {
    captured(samples);
    return forward.accept(frame(samples, capturedAtMicros));
  }

  /** As {@link FrameCoder#date}. */
  public void date(Clock clock, boolean startsRun) {
    coder.date(clock, startsRun);
  }

  /** As {@link FrameCoder#begin}. */
  public void begin(String anotherBootId) {
    coder.begin(anotherBootId);
  }
}

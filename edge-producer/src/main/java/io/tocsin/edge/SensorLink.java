package io.tocsin.edge;

import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Heartbeat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sensor's way into Kafka without a spool, for simulators and tests: numbers its frames and
 * knows what became of them.
 */
public final class SensorLink {

  private static final Logger LOG = LoggerFactory.getLogger(SensorLink.class);

  private final SensorIdentity identity;
  private final FleetProducer fleet;
  private final FrameCoder coder;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final CompletableFuture<RecordMetadata> registration;

  /**
   * Registers the sensor.
   *
   * @param bootId names this run of the producer
   */
  public SensorLink(
      SensorIdentity identity,
      FleetProducer fleet,
      String bootId,
      int sampleRateHertz,
      AudioEncoding encoding) {
    this.identity = identity;
    this.fleet = fleet;
    this.coder = new FrameCoder(identity, bootId, sampleRateHertz, encoding);
    this.registration = fleet.register(identity.sensor()).whenComplete((m, e) -> complain(e));
  }

  private void complain(@Nullable Throwable error) {
    if (error != null) {
      LOG.warn(
          "sensor {}: Kafka did not take its registration ({}); until it is registered its frames"
              + " have no place",
          identity.sensorId(),
          error.toString());
    }
  }

  /** What became of the registration; no frame, so no drop, if Kafka did not take it. */
  public CompletableFuture<RecordMetadata> registration() {
    return registration;
  }

  /**
   * Sends a frame.
   *
   * @param capturedAtMicros instant of the first sample
   */
  public CompletableFuture<RecordMetadata> send(short[] samples, long capturedAtMicros) {
    return send(frame(samples, capturedAtMicros));
  }

  /**
   * Sends a frame that {@link #frame} made; sending one again is a duplicate, as on the network.
   */
  public CompletableFuture<RecordMetadata> send(AudioFrame frame) {
    return fleet
        .send(frame)
        .whenComplete((m, e) -> (e == null ? acknowledged : dropped).incrementAndGet());
  }

  /** The next frame. */
  public AudioFrame frame(short[] samples, long capturedAtMicros) {
    return coder.frame(samples, capturedAtMicros);
  }

  /** Sends a heartbeat with what is known now. */
  public CompletableFuture<RecordMetadata> heartbeat() {
    long unsent = coder.frames() - acknowledged.get() - dropped.get();
    return fleet.send(
        Heartbeat.newBuilder()
            .setSensorId(identity.sensorId())
            .setBootId(coder.bootId())
            .setSentAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
            .setClock(identity.clock())
            .setSpoolDepth(Math.max(0, unsent))
            .setLevelDbfs((float) coder.levelDbfs())
            .setFramesSent(acknowledged.get())
            .setFramesDropped(dropped.get())
            .setFirmware(identity.sensor().getFirmware())
            .build());
  }

  /** Frames that Kafka did not take. */
  public long framesDropped() {
    return dropped.get();
  }

  /** Frames that Kafka took. */
  public long framesAcknowledged() {
    return acknowledged.get();
  }
}

package io.tocsin.edge.forward;

import io.tocsin.edge.FrameCoder;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** One sensor in front of a spool: makes frames and heartbeats. */
public final class SpooledSensor {

  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);

  private final SensorIdentity identity;
  private final String bootId;
  private final FrameCoder coder;
  private final StoreAndForward forward;

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
          if (forward.status().reachable()) {
            var unused = producer.send(heartbeat());
          }
          beat();
        },
        failure -> beat(),
        HEARTBEAT_EVERY);
  }

  private Heartbeat heartbeat() {
    ForwardStatus status = forward.status();
    return Heartbeat.newBuilder()
        .setSensorId(identity.sensorId())
        .setBootId(bootId)
        .setSentAt(Instant.now().truncatedTo(ChronoUnit.MICROS))
        .setClock(identity.clock())
        .setSpoolDepth(status.spool().depth())
        .setSpoolAgeMillis(status.spool().oldest().toMillis())
        .setLevelDbfs(coder.frames() == 0 ? null : (float) coder.levelDbfs())
        .setFramesSent(status.acknowledged())
        .setFramesDropped(status.dropped())
        .setFirmware(identity.sensor().getFirmware())
        .build();
  }

  /** The next frame, numbered and not accepted yet. */
  public AudioFrame frame(short[] samples, long capturedAtMicros) {
    return coder.frame(samples, capturedAtMicros);
  }

  /**
   * Takes the next samples; returns when they are kept.
   *
   * @param capturedAtMicros instant of the first sample
   * @return false if there is no room for them, which is counted
   */
  public boolean accept(short[] samples, long capturedAtMicros) {
    return forward.accept(frame(samples, capturedAtMicros));
  }
}

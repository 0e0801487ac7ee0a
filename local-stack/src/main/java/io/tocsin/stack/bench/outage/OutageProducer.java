package io.tocsin.stack.bench.outage;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A producer of its own process that may be killed: a fleet of sensors that capture in real time,
 * in front of one spool. Its arguments: Kafka's address, the registry's, the spool's folder, the
 * journals' folder, the number of sensors.
 */
public final class OutageProducer {

  private static final Duration EMPTY_WITHIN = Duration.ofSeconds(15);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private OutageProducer() {}

  /** See the class. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    OutageProducer producer = new OutageProducer();
    Runtime.getRuntime().addShutdownHook(new Thread(producer::end, "end-outage-producer"));
    producer.capture(
        arguments[0],
        new RegistrySettings(arguments[1], false),
        Path.of(arguments[2]),
        Path.of(arguments[3]),
        Integer.parseInt(arguments[4]));
  }

  private void end() {
    stop.countDown();
    try {
      var unused = stopped.await(2 * EMPTY_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void capture(
      String bootstrapServers, RegistrySettings registry, Path spool, Path journals, int sensors)
      throws IOException, InterruptedException {
    String boot = UUID.randomUUID().toString();
    List<SensorIdentity> identities = new ArrayList<>();
    List<Sensor> registrations = new ArrayList<>();
    for (int s = 0; s < sensors; s++) {
      SensorIdentity identity =
          SensorIdentity.of(
              FrameNumber.sensorId(s),
              52.5,
              13.4 + s / 1_000.0,
              400,
              Clock.newBuilder().setUncertaintyMicros(1_000).build());
      identities.add(identity);
      registrations.add(identity.sensor());
    }
    try (CaptureJournal journal = CaptureJournal.open(journals, boot);
        StoreAndForward forward =
            StoreAndForward.open(
                ForwardSettings.of(SpoolSettings.in(spool)),
                () ->
                    FleetProducer.connect(
                        bootstrapServers,
                        Registry.connect(registry),
                        false,
                        ForwardSettings.KAFKA_CLIENT),
                registrations)) {
      List<SpooledSensor> links = new ArrayList<>();
      for (SensorIdentity identity : identities) {
        links.add(
            new SpooledSensor(
                identity, forward, boot, FrameNumber.RATE_HERTZ, AudioEncoding.PCM_S16LE));
      }
      capture(boot, links, journal);
      forward.awaitEmpty(EMPTY_WITHIN);
    } finally {
      stopped.countDown();
    }
  }

  /** The sensors' frames end one after the other, evenly over a frame's length. */
  private void capture(String boot, List<SpooledSensor> sensors, CaptureJournal journal)
      throws IOException, InterruptedException {
    long startMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    long startNanos = System.nanoTime();
    for (long slot = 0; ; slot++) {
      int sensor = (int) (slot % sensors.size());
      FrameNumber number = new FrameNumber(sensor, boot, slot / sensors.size());
      short[] samples = number.samples();
      long beginMicros =
          number.sequence() * FrameNumber.MICROS + sensor * FrameNumber.MICROS / sensors.size();
      long endNanos = startNanos + (beginMicros + FrameNumber.MICROS) * 1_000;
      if (stop.await(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return;
      }
      journal.captured(number);
      if (sensors.get(sensor).accept(samples, startMicros + beginMicros)) {
        journal.accepted(number);
      } else {
        journal.refused(number);
      }
    }
  }
}

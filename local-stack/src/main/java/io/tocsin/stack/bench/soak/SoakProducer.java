package io.tocsin.stack.bench.soak;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.SensorLink;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.faults.Fleet;
import io.tocsin.stack.faults.KnownLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Plays a {@link SoakLoad} at the pace of time, a process of its own. Ends when Kafka has
 * everything, with exit code 1 if it did not take all.
 *
 * <p>Its arguments: Kafka's address, the registry's, the known load's folder, the soak's load.
 */
public final class SoakProducer {

  private static final double AUDIBLE_METRES = 400;
  private static final Clock CLOCK =
      Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build();

  private final KnownLoad heard;
  private final SoakLoad load;
  private final List<List<SensorLink>> fleets = new ArrayList<>();

  private SoakProducer(KnownLoad heard, SoakLoad load) {
    this.heard = heard;
    this.load = load;
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SoakProducer producer =
        new SoakProducer(
            KnownLoad.read(Path.of(arguments[2])),
            SoakLoad.read(Arrays.asList(arguments).subList(3, arguments.length)));
    try (FleetProducer kafka =
        FleetProducer.connect(
            arguments[0],
            Registry.connect(new RegistrySettings(arguments[1], false)),
            false,
            Map.of())) {
      producer.register(kafka);
      producer.play();
      kafka.flush();
    }
    long dropped =
        producer.fleets.stream().flatMap(List::stream).mapToLong(SensorLink::framesDropped).sum();
    if (dropped > 0) {
      throw new IllegalStateException("Kafka did not take " + dropped + " frames");
    }
  }

  private void register(FleetProducer kafka) {
    for (int number = 0; number < load.fleets(); number++) {
      Fleet fleet = load.fleet(number);
      List<SensorLink> links = new ArrayList<>();
      for (int sensor = 0; sensor < SoakLoad.SENSORS; sensor++) {
        KnownLoad.Site site = heard.sites().get(sensor).of(number);
        links.add(
            new SensorLink(
                SensorIdentity.of(
                    fleet.sensorId(sensor),
                    site.latitudeDegrees(),
                    site.longitudeDegrees(),
                    AUDIBLE_METRES,
                    CLOCK),
                kafka,
                fleet.name(),
                KnownLoad.SAMPLE_RATE_HERTZ,
                AudioEncoding.PCM_S16LE));
      }
      fleets.add(links);
    }
    kafka.flush();
  }

  private void play() throws InterruptedException {
    int last = load.frames() + load.framesBefore(load.fleets() - 1);
    for (int tick = 0; tick < last; tick++) {
      for (int number = 0; number < load.fleets(); number++) {
        int frame = tick - load.framesBefore(number);
        if (frame >= 0 && frame < load.frames()) {
          play(number, frame);
        }
      }
    }
  }

  private void play(int number, int frame) throws InterruptedException {
    long first = load.fleet(number).startMicros() + frame * load.frameMicros();
    // A frame is there when its last sample is.
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    TimeUnit.MICROSECONDS.sleep(Math.max(0, first + load.frameMicros() - now));
    int from = frame % load.framesOfRound() * load.frameSamples();
    for (int sensor = 0; sensor < SoakLoad.SENSORS; sensor++) {
      short[] samples =
          Arrays.copyOfRange(heard.samples().get(sensor), from, from + load.frameSamples());
      var unused = fleets.get(number).get(sensor).send(samples, first);
    }
  }
}

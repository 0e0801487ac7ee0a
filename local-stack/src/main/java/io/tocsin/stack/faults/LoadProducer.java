package io.tocsin.stack.faults;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.SensorLink;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Plays the known load in real time, a process of its own that may be killed. Started again it goes
 * on behind what Kafka had taken for certain, and says the rest again: with the same numbers, so
 * that what comes twice is known for it. Ends by itself when Kafka has everything.
 *
 * <p>Its arguments: Kafka's address, the registry's, the load's folder, the fleet's number, its
 * first instant in microseconds, the file in which it keeps its place.
 */
public final class LoadProducer {

  private static final double AUDIBLE_METRES = 400;
  private static final Clock CLOCK =
      Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build();

  private final KnownLoad load;
  private final Fleet fleet;
  private final Path place;
  private final List<SensorLink> links = new ArrayList<>();
  private final Deque<CompletableFuture<?>> underWay = new ArrayDeque<>();
  private int taken;

  private LoadProducer(KnownLoad load, Fleet fleet, Path place) {
    this.load = load;
    this.fleet = fleet;
    this.place = place;
  }

  /** See the class. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    LoadProducer producer =
        new LoadProducer(
            KnownLoad.read(Path.of(arguments[2])),
            new Fleet(Integer.parseInt(arguments[3]), Long.parseLong(arguments[4])),
            Path.of(arguments[5]));
    try (FleetProducer kafka =
        FleetProducer.connect(
            arguments[0],
            Registry.connect(new RegistrySettings(arguments[1], false)),
            false,
            Map.of())) {
      producer.play(kafka);
    }
  }

  private void play(FleetProducer kafka) throws IOException, InterruptedException {
    for (int sensor = 0; sensor < load.sites().size(); sensor++) {
      KnownLoad.Site site = load.sites().get(sensor).of(fleet.number());
      SensorLink link =
          new SensorLink(
              SensorIdentity.of(
                  fleet.sensorId(sensor),
                  site.latitudeDegrees(),
                  site.longitudeDegrees(),
                  AUDIBLE_METRES,
                  CLOCK),
              kafka,
              fleet.name(),
              KnownScene.SAMPLE_RATE_HERTZ,
              AudioEncoding.PCM_S16LE);
      links.add(link);
    }
    kafka.flush();
    int from = Files.exists(place) ? Integer.parseInt(Files.readString(place).strip()) : 0;
    taken = from;
    for (int number = 0; number < load.frames(); number++) {
      if (number >= from) {
        awaitEndOf(number);
      }
      List<CompletableFuture<?>> sent = new ArrayList<>();
      for (int sensor = 0; sensor < links.size(); sensor++) {
        // Those that Kafka has are numbered all the same.
        AudioFrame frame = links.get(sensor).frame(load.frame(sensor, number), instantOf(number));
        if (number >= from) {
          sent.add(links.get(sensor).send(frame));
        }
      }
      if (number >= from) {
        underWay.add(CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)));
        keepPlace(false);
      }
    }
    kafka.flush();
    keepPlace(true);
  }

  private long instantOf(int frame) {
    return fleet.startMicros() + 1_000L * frame * KnownLoad.FRAME_MILLIS;
  }

  /** A frame is there when its last sample is. */
  private void awaitEndOf(int frame) throws InterruptedException {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    TimeUnit.MICROSECONDS.sleep(Math.max(0, instantOf(frame + 1) - now));
  }

  /** Fails, and with it the process, if Kafka refused something: the next one says it again. */
  private void keepPlace(boolean all) throws IOException {
    boolean moved = false;
    while (!underWay.isEmpty() && (all || underWay.peekFirst().isDone())) {
      underWay.removeFirst().join();
      taken++;
      moved = true;
    }
    if (moved) {
      Path next = place.resolveSibling(place.getFileName() + ".next");
      Files.writeString(next, Integer.toString(taken));
      Files.move(
          next,
          place,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }
}

package io.tocsin.edge.forward;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.spool.Spool;
import io.tocsin.edge.spool.SpoolPosition;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Sensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps frames on disk until Kafka has taken them, at least once each: live ones are sent at once,
 * those that did not get through later, beside the live ones. Frames of any number of sensors. Safe
 * for use by several threads.
 */
public final class StoreAndForward implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreAndForward.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final Duration PROBE_AFTER = Duration.ofSeconds(1);
  private static final Duration REGISTER_AGAIN = Duration.ofSeconds(2);

  private final Spool spool;
  private final FrameRecords records;
  private final FrameUplink uplink;
  private final Courier courier;
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(daemon("tocsin-spool"));
  private final ScheduledExecutorService messages =
      Executors.newSingleThreadScheduledExecutor(daemon("tocsin-messages"));
  private final CompletableFuture<Void> registration = new CompletableFuture<>();
  private final AtomicLong accepted = new AtomicLong();
  private final long lostBefore;
  private final Function<Throwable, String> inWords;
  private volatile @Nullable Instant lastAcceptedAt;
  private volatile @Nullable String notRegistered;

  private StoreAndForward(
      Spool spool,
      FrameRecords records,
      FrameUplink uplink,
      Courier courier,
      Function<Throwable, String> inWords,
      Duration flushEvery) {
    this.inWords = inWords;
    this.spool = spool;
    this.records = records;
    this.uplink = uplink;
    this.courier = courier;
    this.lostBefore = spool.status().lost();
    var unused =
        housekeeping.scheduleAtFixedRate(
            spool::tick, flushEvery.toNanos(), flushEvery.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Opens the spool's folder, registers sensors and, once Kafka has taken that, begins to send what
   * lies there and is accepted.
   *
   * @param connector makes the connection to Kafka when it is needed, and again after failures from
   *     which it does not recover
   * @param sensors whose frames it will take; frames of a sensor that is not registered have no
   *     place
   * @throws IOException if the folder cannot be used, or another process uses it
   */
  public static StoreAndForward open(
      ForwardSettings settings, Supplier<FleetProducer> connector, List<Sensor> sensors)
      throws IOException {
    return open(settings, connector, Throwable::toString, sensors);
  }

  /**
   * The same.
   *
   * @param inWords says in a line why Kafka does not take something
   */
  public static StoreAndForward open(
      ForwardSettings settings,
      Supplier<FleetProducer> connector,
      Function<Throwable, String> inWords,
      List<Sensor> sensors)
      throws IOException {
    Path folder = settings.spool().folder();
    Spool spool = Spool.open(settings.spool());
    try {
      FrameRecords records = FrameRecords.open(folder.resolve("schemas"));
      RefusedFolder refused =
          RefusedFolder.open(folder.resolve("refused"), settings.refusedBytes());
      FrameUplink uplink = new FrameUplink(records, connector);
      Courier courier = new Courier(spool, settings, uplink, refused, inWords, PROBE_AFTER);
      StoreAndForward forward =
          new StoreAndForward(
              spool, records, uplink, courier, inWords, settings.spool().flushEvery());
      forward.register(List.copyOf(sensors), 0);
      return forward;
    } catch (IOException e) {
      spool.close();
      throw e;
    }
  }

  /** Registers one after the other, each until Kafka answers; then frames may go. */
  private void register(List<Sensor> sensors, int next) {
    if (next == sensors.size()) {
      courier.start();
      registration.complete(null);
      return;
    }
    Sensor sensor = sensors.get(next);
    message(
        producer -> {
          var unused =
              producer
                  .register(sensor)
                  .whenComplete((taken, failure) -> registered(sensors, next, failure));
        },
        failure -> registered(sensors, next, failure),
        Duration.ZERO);
  }

  private void registered(List<Sensor> sensors, int next, @Nullable Throwable failure) {
    if (failure == null) {
      notRegistered = null;
      register(sensors, next + 1);
    } else if (Verdict.of(failure) == Verdict.REFUSED) {
      LOG.error(
          "sensor {}: Kafka refuses its registration ({}); until it is registered its frames have"
              + " no place",
          sensors.get(next).getSensorId(),
          inWords.apply(failure));
      registration.completeExceptionally(failure);
      register(sensors, next + 1);
    } else {
      String words = inWords.apply(failure);
      if (!words.equals(notRegistered)) {
        LOG.warn(
            "sensor {}: not registered yet ({}); frames wait in the spool",
            sensors.get(next).getSensorId(),
            words);
      }
      notRegistered = words;
      message(
          producer -> register(sensors, next), f -> registered(sensors, next, f), REGISTER_AGAIN);
    }
  }

  /** What became of the sensors' registrations; not completed before Kafka answers. */
  public CompletableFuture<Void> registration() {
    return registration.copy();
  }

  /**
   * Moves frames that were refused earlier back into the spool.
   *
   * @return how many
   */
  public static int readmit(ForwardSettings settings) throws IOException {
    try (Spool spool = Spool.open(settings.spool())) {
      return RefusedFolder.open(
              settings.spool().folder().resolve("refused"), settings.refusedBytes())
          .takeBack(
              body -> {
                Optional<SpoolPosition> kept = spool.append(body);
                spool.tick();
                return kept.isPresent();
              });
    }
  }

  /**
   * Takes a frame; returns when it is kept, without waiting for Kafka.
   *
   * @return false if there is no room for it, which is counted
   */
  public boolean accept(AudioFrame frame) {
    return keep(records.encode(frame));
  }

  /**
   * Takes a window's embedding; returns when it is kept, without waiting for Kafka.
   *
   * @return false if there is no room for it, which is counted
   */
  public boolean accept(AudioEmbedding embedding) {
    return keep(records.encode(embedding));
  }

  private boolean keep(byte[] body) {
    lastAcceptedAt = Instant.now();
    accepted.incrementAndGet();
    Optional<SpoolPosition> position;
    try {
      position = spool.append(body);
    } catch (IOException e) {
      LOG.warn("the spool does not take a frame ({}); it is sent without", e.toString());
      courier.accept(null, body);
      return true;
    }
    position.ifPresent(p -> courier.accept(p, body));
    return position.isPresent();
  }

  /** Waits until live frames need not queue; at once where Kafka cannot be reached. */
  public void awaitRoom() throws InterruptedException {
    while (!courier.hasRoom()) {
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    }
  }

  /** Waits until all that was accepted would outlast a power cut. */
  public void awaitForced() throws InterruptedException {
    while (spool.status().unflushed() > 0) {
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    }
  }

  /**
   * Waits until Kafka has taken everything.
   *
   * @return whether it has, within {@code longest}
   */
  public boolean awaitEmpty(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (true) {
      // In this order: a record leaves the spool before the courier has counted it.
      if (spool.status().depth() == 0 && courier.isIdle()) {
        return true;
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
    }
  }

  /** Does something with the connection that is neither stored nor repeated. */
  void message(Consumer<FleetProducer> message, Consumer<Throwable> otherwise, Duration after) {
    try {
      var unused =
          messages.schedule(
              () -> {
                try {
                  message.accept(uplink.producer());
                } catch (RuntimeException e) {
                  otherwise.accept(e);
                }
              },
              after.toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("closed; no message goes out any more");
    }
  }

  /** How far the frames have come. */
  public ForwardStatus status() {
    ForwardStatus status = courier.status(accepted.get(), lastAcceptedAt, lostBefore);
    String unregistered = notRegistered;
    return unregistered == null ? status : status.withProblem(unregistered);
  }

  /** Ends; what Kafka has not taken waits for the next start. */
  @Override
  public void close() throws IOException {
    messages.shutdownNow();
    courier.close();
    housekeeping.shutdown();
    spool.close();
  }
}

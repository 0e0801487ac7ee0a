package io.tocsin.edge.health;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd that the sensor is ready, once its first sound is kept, how it is, and, while its
 * source delivers, that it lives (sd_notify(3)). The socket that systemd listens on takes
 * datagrams, which this JDK's Unix sockets do not speak; so {@code systemd-notify} does it, and the
 * unit needs {@code NotifyAccess=all}.
 */
public final class ServiceNotices {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);
  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final String WATCHDOG = "WATCHDOG_USEC";
  private static final long LONGEST_SECONDS = 10;
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final Duration WITHOUT_WATCHDOG = Duration.ofSeconds(30);

  /** Sends what systemd is to know. */
  interface Speaker {
    void say(List<String> assignments) throws IOException, InterruptedException;
  }

  private final Pulse pulse;
  private final Speaker speaker;
  private final boolean watched;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tocsin-notices");
            thread.setDaemon(true);
            return thread;
          });
  private boolean ready;

  ServiceNotices(Pulse pulse, Speaker speaker, boolean watched) {
    this.pulse = pulse;
    this.speaker = speaker;
    this.watched = watched;
  }

  /**
   * Begins, where the environment says that systemd listens; otherwise does nothing.
   *
   * @param environment of the process
   * @return ends it
   */
  public static Runnable begin(Map<String, String> environment, Pulse pulse) {
    if (!environment.containsKey(SOCKET)) {
      return () -> {};
    }
    String micros = environment.getOrDefault(WATCHDOG, "");
    boolean watched = micros.matches("[1-9]\\d{0,17}");
    // Half of what is allowed, as sd_watchdog_enabled(3) advises.
    Duration every =
        watched
            ? Duration.of(Long.parseLong(micros) / 2, java.time.temporal.ChronoUnit.MICROS)
            : WITHOUT_WATCHDOG;
    ServiceNotices notices = new ServiceNotices(pulse, ServiceNotices::run, watched);
    var unused =
        notices.executor.scheduleAtFixedRate(
            notices::tell, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    notices.executor.execute(notices::tell);
    notices.greet();
    return notices.executor::shutdownNow;
  }

  /** Says that it is ready as soon as it is; by the watchdog's beat it would be late. */
  private void greet() {
    var unused =
        executor.schedule(
            () -> {
              if (!ready && pulse.read().flows()) {
                tell();
              }
              if (!ready) {
                greet();
              }
            },
            LOOK_EVERY.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** Says how the sensor is; one that is stalled is not said to live, and so restarted. */
  void tell() {
    try {
      Pulse.Reading reading = pulse.read();
      speaker.say(words(reading));
      ready |= reading.flows();
    } catch (IOException e) {
      LOG.warn("systemd cannot be notified: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("systemd was not notified", e);
    }
  }

  private List<String> words(Pulse.Reading reading) {
    List<String> words = new ArrayList<>();
    if (!ready && reading.flows()) {
      words.add("READY=1");
    }
    if (watched && reading.flows()) {
      words.add("WATCHDOG=1");
    }
    words.add(
        "STATUS=%s, %d frames kept"
            .formatted(
                reading.state().name().toLowerCase(Locale.ROOT), reading.status().spool().depth()));
    return words;
  }

  private static void run(List<String> assignments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("systemd-notify"));
    command.addAll(assignments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("systemd-notify does not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "systemd-notify %s ends with %d"
              .formatted(Arrays.toString(assignments.toArray()), process.exitValue()));
    }
  }
}

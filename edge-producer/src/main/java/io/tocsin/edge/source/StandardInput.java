package io.tocsin.edge.source;

import io.tocsin.edge.source.SourceStatus.State;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raw PCM that somebody else pipes in. It cannot be opened again: where it stalls, that is said,
 * and what comes behind is of unknown time, because its samples are counted. One thread reads it;
 * the rest is for any.
 */
public final class StandardInput implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StandardInput.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);
  private static final String NAME = "standard input";

  /**
   * What is piped in.
   *
   * @param clock that dates its beginning
   * @param live whether it is captured as it comes, and not a recording with a stated start
   * @param longestSilence beyond which it counts as stalled
   */
  public record Settings(int bytesPerSecond, Clock clock, boolean live, Duration longestSilence) {}

  private final Settings settings;
  private final LongSupplier nanos;
  private final InputStream stream;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tocsin-input-watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private Clock clock;
  private State state = State.OPENING;
  private boolean reading;
  private long deliveredNanos;
  private long waitingSinceNanos;
  private long bytes;
  private long stalls;
  private long gaps;
  private Duration lost = Duration.ZERO;

  /**
   * @param nanos a clock that never steps
   */
  StandardInput(InputStream in, Settings settings, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
    this.clock = settings.clock();
    this.deliveredNanos = nanos.getAsLong();
    this.stream = new Watched(in);
  }

  /** Begins to watch what is read from {@link #stream}. */
  public static StandardInput watch(InputStream in, Settings settings) {
    StandardInput watched = new StandardInput(in, settings, System::nanoTime);
    var unused =
        watched.watchdog.scheduleWithFixedDelay(
            watched::look, LOOK_EVERY.toNanos(), LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
    return watched;
  }

  /** To be read from. */
  public InputStream stream() {
    return stream;
  }

  /**
   * What dates the samples: behind a stall of something live it is known no better than to the
   * length of that.
   */
  public synchronized Clock clock() {
    return clock;
  }

  synchronized void look() {
    if (!reading || state == State.STALLED || !isLate()) {
      return;
    }
    state = State.STALLED;
    stalls++;
    LOG.warn("{}", problem());
  }

  private boolean isLate() {
    return nanos.getAsLong() - waitingSinceNanos > settings.longestSilence().toNanos();
  }

  private String problem() {
    return ("%s delivers nothing for more than %d ms and cannot be opened again; look at the"
            + " program before the pipe")
        .formatted(NAME, settings.longestSilence().toMillis());
  }

  private synchronized void waits() {
    reading = true;
    waitingSinceNanos = nanos.getAsLong();
  }

  private synchronized void delivered(int read) {
    reading = false;
    if (read < 0) {
      state = State.ENDED;
      return;
    }
    // Also where nobody has looked in time.
    if (state == State.STALLED || isLate()) {
      resumed();
    }
    state = State.LIVE;
    bytes += read;
    deliveredNanos = nanos.getAsLong();
  }

  private void resumed() {
    if (state != State.STALLED) {
      stalls++;
    }
    Duration waited = Duration.ofNanos(nanos.getAsLong() - waitingSinceNanos);
    LOG.warn("{} delivers after {} ms", NAME, waited.toMillis());
    if (bytes == 0) {
      return;
    }
    gaps++;
    if (settings.live()) {
      lost = lost.plus(waited);
      clock =
          Clock.newBuilder()
              .setSource(ClockSource.FREE)
              .setUncertaintyMicros(
                  Math.max(lost.toNanos() / 1_000, settings.clock().getUncertaintyMicros()))
              .build();
      LOG.warn(
          "nobody can tell how much of {} is missing: from here on its capture times may be {} ms"
              + " early; start the sensor anew",
          NAME,
          lost.toMillis());
    }
  }

  /** How it is. */
  public synchronized SourceStatus status() {
    @Nullable String problem = state == State.STALLED ? problem() : null;
    return new SourceStatus(
        NAME,
        new SourceClock(
            ClockKind.SAMPLE_COUNT,
            Duration.ofNanos(clock.getUncertaintyMicros() * 1_000),
            clock.getSource()),
        state,
        1,
        0,
        stalls,
        gaps,
        (double) bytes / settings.bytesPerSecond(),
        Duration.ofNanos(nanos.getAsLong() - deliveredNanos),
        problem);
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
  }

  private final class Watched extends FilterInputStream {

    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      waits();
      int read = -1;
      try {
        read = super.read(into, from, length);
        return read;
      } finally {
        delivered(read);
      }
    }
  }
}

package io.tocsin.edge.source;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that sound comes from. */
public interface Source {

  /** For people; holds no secret. */
  String description();

  /** Which clock it has. */
  SourceClock clock();

  /** Whether its end is a failure, after which it is opened again. */
  boolean endless();

  /** How long it may deliver nothing before it counts as stalled; empty where that is no sign. */
  Optional<Duration> longestSilence();

  /**
   * Begins to capture.
   *
   * @throws IOException if it cannot be opened; the message holds no secret
   */
  Capture open() throws IOException, InterruptedException;

  /** A source that is open. */
  interface Capture extends Closeable {

    /**
     * The next samples; null at the end. A call says that all that was given before is kept.
     *
     * @throws IOException if the source fails; the message holds no secret
     */
    @Nullable PcmBlock read() throws IOException, InterruptedException;

    /** Ends it; from any thread, also while another reads, which then fails or ends. */
    @Override
    void close();
  }
}

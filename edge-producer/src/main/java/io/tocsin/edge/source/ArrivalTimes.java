package io.tocsin.edge.source;

import io.tocsin.edge.clock.CaptureClock;

/**
 * Dates the samples of a live stream by when they arrive. No sample arrives before it was captured,
 * and the way takes now longer, now shorter: so the blocks that come soonest tell when the stream
 * began, and the others follow by their count of samples. The beginning is drawn later again where
 * all blocks have come late for a while, because the source's own clock drifts, or samples were
 * lost. Where it is drawn sooner, dates are slewed and not set back.
 */
final class ArrivalTimes {

  /** Over so long, lateness of every block is drift or loss. */
  static final long LOOK_BACK_MICROS = 15_000_000;

  private static final double MICROS_PER_SECOND = 1e6;

  private final int rateHertz;
  private final long delayMicros;
  private final SlewedTimes times = new SlewedTimes();
  private boolean begun;
  private long steps;
  private boolean stepped;
  private double beginMicros;
  private long heard;
  private long dated;
  private double leastLateness;
  private long lookedSinceMicros;

  /**
   * @param delayMicros that the way takes at least
   */
  ArrivalTimes(int rateHertz, long delayMicros) {
    this.rateHertz = rateHertz;
    this.delayMicros = delayMicros;
  }

  /**
   * Hears of a block whose last sample has just arrived; the first ones may all be heard of before
   * they are dated, as a source that has waited delivers much at once.
   *
   * @param waiting samples that have arrived behind it and are not read yet
   */
  void hear(CaptureClock.Reading now, int samples, int waiting) {
    heard += samples;
    double begin = now.micros() - delayMicros - micros(heard + waiting);
    double lateness = begin - beginMicros;
    if (!begun || now.steps() != steps) {
      stepped = begun;
      begun = true;
      steps = now.steps();
      beginAt(begin, now);
    } else if (lateness < 0) {
      beginAt(begin, now);
    } else {
      leastLateness = Math.min(leastLateness, lateness);
      if (now.micros() - lookedSinceMicros > LOOK_BACK_MICROS) {
        beginAt(beginMicros + leastLateness, now);
      }
    }
  }

  private void beginAt(double micros, CaptureClock.Reading now) {
    beginMicros = micros;
    lookedSinceMicros = now.micros();
    leastLateness = Double.POSITIVE_INFINITY;
  }

  /** Dates the next block of those that were heard of. */
  SlewedTimes.Dated date(int samples) {
    SlewedTimes.Dated at = times.date(beginMicros + micros(dated), micros(samples), stepped);
    stepped = false;
    dated += samples;
    return at;
  }

  private double micros(long samples) {
    return samples * MICROS_PER_SECOND / rateHertz;
  }
}

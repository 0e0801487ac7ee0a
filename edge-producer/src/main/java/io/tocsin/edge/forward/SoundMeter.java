package io.tocsin.edge.forward;

import io.tocsin.audio.Levels;
import java.util.Optional;

/** What a microphone delivered since the last look. Safe for use by several threads. */
final class SoundMeter {

  private static final double FULL_SCALE = 32_768;
  private static final int STRETCH = 1_000;

  private long samples;
  private long sum;
  private double squares;
  private long clipped;
  private long silent;

  /**
   * A look.
   *
   * @param levelDbfs root-mean-square level, the offset included
   * @param clippedShare of samples at full scale
   * @param dcOffset mean, of full scale
   * @param silentShare of samples in stretches of 1,000 that do not change by a single step
   */
  record Reading(float levelDbfs, float clippedShare, float dcOffset, float silentShare) {}

  synchronized void hear(short[] heard) {
    for (int from = 0; from < heard.length; from += STRETCH) {
      int to = Math.min(heard.length, from + STRETCH);
      boolean changes = false;
      for (int i = from; i < to; i++) {
        short sample = heard[i];
        changes |= sample != heard[from];
        sum += sample;
        squares += (double) sample * sample;
        clipped += sample == Short.MAX_VALUE || sample == Short.MIN_VALUE ? 1 : 0;
      }
      silent += changes ? 0 : to - from;
    }
    samples += heard.length;
  }

  /** What was heard since the last look; empty if nothing was. */
  synchronized Optional<Reading> take() {
    if (samples == 0) {
      return Optional.empty();
    }
    double level = 10 * Math.log10(squares / samples / FULL_SCALE / FULL_SCALE);
    Reading reading =
        new Reading(
            (float) Math.max(Levels.FLOOR_DBFS, level),
            (float) clipped / samples,
            (float) (sum / FULL_SCALE / samples),
            (float) silent / samples);
    samples = 0;
    sum = 0;
    squares = 0;
    clipped = 0;
    silent = 0;
    return Optional.of(reading);
  }
}

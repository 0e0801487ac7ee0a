package io.tocsin.simulator;

import java.util.Arrays;

/** Where a recording sounds: so that a scene's origin times are onsets, not beginnings of files. */
final class Activity {

  private static final double FLOOR_SHARE = 1e-3;
  private static final double BLOCK_SECONDS = 0.01;
  private static final double LONGEST_SECONDS = 4;

  private Activity() {}

  /** From the first to the last 10 ms within 30 dB of the loudest, at most 4 s, peak at 1. */
  static float[] trimmed(float[] samples, int sampleRateHertz) {
    int block = (int) (BLOCK_SECONDS * sampleRateHertz);
    int blocks = Math.max(1, samples.length / block);
    double[] power = new double[blocks];
    for (int b = 0; b < blocks; b++) {
      for (int i = b * block; i < Math.min(samples.length, (b + 1) * block); i++) {
        power[b] += samples[i] * samples[i];
      }
    }
    double threshold = Arrays.stream(power).max().orElse(0) * FLOOR_SHARE;
    int first = 0;
    while (first < blocks - 1 && power[first] < threshold) {
      first++;
    }
    int last = blocks - 1;
    while (last > first && power[last] < threshold) {
      last--;
    }
    int end =
        Math.min(
            Math.min(samples.length, (last + 1) * block),
            first * block + (int) (LONGEST_SECONDS * sampleRateHertz));
    float[] active = Arrays.copyOfRange(samples, first * block, end);
    float peak = 1e-9f;
    for (float sample : active) {
      peak = Math.max(peak, Math.abs(sample));
    }
    for (int i = 0; i < active.length; i++) {
      active[i] /= peak;
    }
    return active;
  }
}

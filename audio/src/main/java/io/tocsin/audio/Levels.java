package io.tocsin.audio;

/** Levels in dBFS: 0 is the level of a full-scale square wave. */
public final class Levels {

  /** What silence is given as. */
  public static final double FLOOR_DBFS = -120;

  private Levels() {}

  /** Root-mean-square level of {@code samples}, at least {@link #FLOOR_DBFS}. */
  public static double rmsDbfs(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return dbfs(sum, samples.length);
  }

  /** As {@link #rmsDbfs(float[])}, of 16-bit samples. */
  public static double rmsDbfs(short[] samples) {
    // Whole numbers: exact, and a third of the time of doubles.
    long sum = 0;
    for (short sample : samples) {
      sum += sample * sample;
    }
    return dbfs(sum / (32768.0 * 32768.0), samples.length);
  }

  /** The amplitude factor of a level change. */
  public static double amplitude(double decibels) {
    return Math.pow(10, decibels / 20);
  }

  private static double dbfs(double sumOfSquares, int count) {
    return count == 0 || sumOfSquares == 0
        ? FLOOR_DBFS
        : Math.max(FLOOR_DBFS, 10 * Math.log10(sumOfSquares / count));
  }
}

package io.tocsin.association;

/**
 * What the sounds of a span tell of the wind: the sum of their weighted normal equations for it,
 * with place, time and temperature of each eliminated. Kept as whole numbers, so that the sum is
 * the same for any order of the sounds.
 *
 * @param epoch span of {@link Wind#EPOCH_MICROS} since 1970
 * @param ee east by east: the inverse of (m/s)², in units of {@link #UNIT}
 * @param en east by north
 * @param nn north by north
 * @param e right-hand side of the east, the inverse of m/s, in the same units
 * @param n of the north
 */
public record WindTold(long epoch, long ee, long en, long nn, long e, long n) {

  /** A millionth. */
  static final double UNIT = 1e-6;

  /** No single sound tells more, whatever its numbers are. */
  private static final double MOST = 1e3;

  /** Nothing. */
  static WindTold nothing(long epoch) {
    return new WindTold(epoch, 0, 0, 0, 0, 0);
  }

  /**
   * With another sound's equations.
   *
   * @param information ee, en, nn
   * @param right e, n
   */
  WindTold with(double[] information, double[] right) {
    return new WindTold(
        epoch,
        ee + units(information[0]),
        en + units(information[1]),
        nn + units(information[2]),
        e + units(right[0]),
        n + units(right[1]));
  }

  private static long units(double value) {
    return Math.round(Math.max(-MOST, Math.min(MOST, value)) / UNIT);
  }
}

package io.tocsin.association;

import java.util.ArrayList;
import java.util.List;

/**
 * What settled sounds tell of how far a sensor's clock is ahead. Each gives a reading, with a
 * variance that leaves out the clock's own.
 *
 * @param sensor number of the sensor: {@link Background#sensor}
 * @param epochs those that had such sounds, rising
 */
public record ClockTold(long sensor, List<Epoch> epochs) {

  /**
   * Sums over the readings of a span, each weighted by the inverse of its variance. Kept as whole
   * numbers, so that they are the same for any order of the sounds.
   *
   * @param number of the span of {@link Clocks#EPOCH_MICROS} since 1970
   * @param readings how many
   * @param weight sum of the weights, 1/s²
   * @param ahead sum of weighted seconds ahead, in units of {@link #UNIT}
   * @param squares sum of weighted squares of the seconds ahead, in the same units
   */
  public record Epoch(long number, long readings, long weight, long ahead, long squares) {

    private Epoch with(Epoch other) {
      return new Epoch(
          number,
          readings + other.readings,
          weight + other.weight,
          ahead + other.ahead,
          squares + other.squares);
    }
  }

  /** A ten-thousandth. */
  static final double UNIT = 1e-4;

  /** No single sound tells more, whatever its numbers are: it is a reading to 1 ms. */
  private static final double MOST_WEIGHT = 1e6;

  private static final double MOST_SECONDS = 1;

  long newest() {
    return epochs.get(epochs.size() - 1).number();
  }

  /** Without what is of {@code epoch} or older. */
  ClockTold after(long epoch) {
    return epochs.isEmpty() || epochs.get(0).number() > epoch
        ? this
        : new ClockTold(sensor, epochs.stream().filter(e -> e.number() > epoch).toList());
  }

  /**
   * With another sound's reading.
   *
   * @param variance of the reading, s²
   */
  ClockTold with(long epoch, double secondsAhead, double variance) {
    double weight = Math.min(MOST_WEIGHT, 1 / variance);
    double ahead = Math.max(-MOST_SECONDS, Math.min(MOST_SECONDS, secondsAhead));
    Epoch reading =
        new Epoch(
            epoch,
            1,
            Math.round(weight),
            Math.round(weight * ahead / UNIT),
            Math.round(weight * ahead * ahead / UNIT));
    int at = epochs.size();
    while (at > 0 && epochs.get(at - 1).number() >= epoch) {
      at--;
    }
    List<Epoch> later = new ArrayList<>(epochs);
    if (at < epochs.size() && epochs.get(at).number() == epoch) {
      later.set(at, epochs.get(at).with(reading));
    } else {
      later.add(at, reading);
    }
    return new ClockTold(sensor, List.copyOf(later));
  }
}

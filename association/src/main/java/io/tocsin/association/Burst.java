package io.tocsin.association;

import java.util.Collection;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Many sounds of one name at many places within seconds: fireworks or thunder, not so many cries.
 * An alert amid them is so much less likely.
 */
final class Burst {

  private static final long NEAR_MICROS = 10_000_000;
  private static final double ELSEWHERE_METRES = 250;
  private static final int FEWEST = 4;

  private Burst() {}

  /**
   * The alert as it is amid {@code origins}: the same, if they are few.
   *
   * @param speaksFor which origins count: those that the cell always knows
   */
  static Alert amid(
      Collection<Origin> origins, Alert alert, LocalPlane plane, Predicate<Origin> speaksFor) {
    int most = 0;
    String label = "";
    for (SoundEvent event : alert.events()) {
      double[] at = null;
      int others = 0;
      for (Origin origin : origins) {
        if (origin.label().equals(event.label())
            && Math.abs(origin.originMicros - event.originMicros()) <= NEAR_MICROS) {
          at = at == null ? plane.project(event.location().point()) : at;
          if (LocalPlane.metres(origin.x - at[0], origin.y - at[1]) > ELSEWHERE_METRES
              && speaksFor.test(origin)) {
            others++;
          }
        }
      }
      if (others > most) {
        most = others;
        label = event.label();
      }
    }
    if (most < FEWEST) {
      return alert;
    }
    return alert.with(
        alert.probability() * FEWEST / (FEWEST + most),
        String.format(
            Locale.ROOT,
            "%s; less likely amid %d more of %s around within %d s",
            alert.explanation(),
            most,
            label,
            NEAR_MICROS / 1_000_000));
  }
}

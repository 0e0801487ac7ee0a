package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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
      int others = placesElsewhere(origins, event, plane, speaksFor);
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
            "%s; less likely amid %d more places of %s around within %d s",
            alert.explanation(),
            most,
            label,
            NEAR_MICROS / 1_000_000));
  }

  /**
   * At how many other places the same was heard: a cry of some seconds, or its echoes, may be
   * several sounds, and still tells of one place.
   */
  private static int placesElsewhere(
      Collection<Origin> origins, SoundEvent event, LocalPlane plane, Predicate<Origin> speaksFor) {
    List<Origin> around = new ArrayList<>(0);
    for (Origin origin : origins) {
      if (origin.label().equals(event.label())
          && Math.abs(origin.originMicros - event.originMicros()) <= NEAR_MICROS
          && speaksFor.test(origin)) {
        around.add(origin);
      }
    }
    if (around.size() < FEWEST) {
      return 0;
    }
    // What is found first stands for what lies around it: always in one order.
    around.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    double[] at = plane.project(event.location().point());
    List<double[]> places = new ArrayList<>();
    places.add(at);
    for (Origin origin : around) {
      double[] there = {origin.x, origin.y};
      if (places.stream().allMatch(p -> metres(p, there) > ELSEWHERE_METRES)) {
        places.add(there);
      }
    }
    return places.size() - 1;
  }

  private static double metres(double[] a, double[] b) {
    return LocalPlane.metres(a[0] - b[0], a[1] - b[1]);
  }
}

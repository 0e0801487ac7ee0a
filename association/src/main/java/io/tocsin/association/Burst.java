package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Many sounds of one name within seconds: fireworks or thunder, not so many cries. An alert amid
 * them is so much less likely.
 */
final class Burst {

  private static final long NEAR_MICROS = 10_000_000;
  private static final double ELSEWHERE_METRES = 250;

  /** So many other places make a sound half as likely. */
  private static final double PLACES = 4;

  /** So many other sounds, wherever, do too: more than one a second, which nobody cries. */
  private static final double SOUNDS = 20;

  private Burst() {}

  /**
   * Reason to doubt.
   *
   * @param odds against, as far as it comes of the sounds around
   * @param number of other places, or sounds
   */
  private record Doubt(double odds, int number, String of, String label) {

    static final Doubt NONE = new Doubt(0, 0, "", "");

    Doubt or(Doubt other) {
      return other.odds > odds ? other : this;
    }
  }

  /**
   * The alert as it is amid {@code origins}: the same, if they are few.
   *
   * @param speaksFor which origins count: those that the cell always knows
   */
  static Alert amid(
      Collection<Origin> origins, Alert alert, LocalPlane plane, Predicate<Origin> speaksFor) {
    Doubt doubt = Doubt.NONE;
    for (SoundEvent event : alert.events()) {
      doubt = doubt.or(doubt(others(origins, event, speaksFor), event, plane));
    }
    if (doubt.odds < 1) {
      return alert;
    }
    return alert.with(
        alert.probability() / (1 + doubt.odds),
        String.format(
            Locale.ROOT,
            "%s; less likely amid %d more %s %s around within %d s",
            alert.explanation(),
            doubt.number,
            doubt.of,
            doubt.label,
            NEAR_MICROS / 1_000_000));
  }

  /** Other sounds of an event's name and time, always in one order. */
  private static List<Origin> others(
      Collection<Origin> origins, SoundEvent event, Predicate<Origin> speaksFor) {
    List<Origin> others = new ArrayList<>(0);
    for (Origin origin : origins) {
      if (origin.label().equals(event.label())
          && Math.abs(origin.originMicros - event.originMicros()) <= NEAR_MICROS
          && !origin.anchor().pick.detectionId().equals(event.anchor().detectionId())
          && speaksFor.test(origin)) {
        others.add(origin);
      }
    }
    if (others.size() > 1) {
      others.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    }
    return others;
  }

  /**
   * A cry of some seconds, or its echoes, may be several sounds and still tells of one place. And
   * what fewer sensors heard tells of less: the parts of one long cry, each picked by a few, make
   * places all around it.
   */
  private static Doubt doubt(List<Origin> others, SoundEvent event, LocalPlane plane) {
    if (others.size() < PLACES) {
      return Doubt.NONE;
    }
    List<double[]> places = new ArrayList<>();
    places.add(plane.project(event.location().point()));
    double ofPlaces = 0;
    double ofSounds = 0;
    for (Origin other : others) {
      double weight = Math.min(1, (double) other.members.size() / event.picks().size());
      ofSounds += weight;
      double[] there = {other.x, other.y};
      // What is found first stands for what lies around it.
      if (places.stream().allMatch(p -> metres(p, there) > ELSEWHERE_METRES)) {
        places.add(there);
        ofPlaces += weight;
      }
    }
    return new Doubt(ofPlaces / PLACES, places.size() - 1, "places of", event.label())
        .or(new Doubt(ofSounds / SOUNDS, others.size(), "of", event.label()));
  }

  private static double metres(double[] a, double[] b) {
    return LocalPlane.metres(a[0] - b[0], a[1] - b[1]);
  }
}

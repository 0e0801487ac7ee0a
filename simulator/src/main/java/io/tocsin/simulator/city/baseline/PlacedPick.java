package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.CityPlane;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.simulator.city.Labels;
import java.util.Comparator;

/** A pick and where in the plane its sensor is. */
record PlacedPick(HeardPick pick, CityPlane.Point place, CityPlane plane) {

  static final Comparator<PlacedPick> BY_ONSET =
      Comparator.comparingLong((PlacedPick p) -> p.pick().onsetMicros())
          .thenComparing(p -> p.pick().detectionId());

  double seconds() {
    return pick.onsetMicros() / 1e6;
  }

  boolean isCry() {
    return Labels.CRIES.contains(pick.label());
  }
}

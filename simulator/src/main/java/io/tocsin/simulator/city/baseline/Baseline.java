package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CityPlane;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A simpler way to sound events and alerts. */
public enum Baseline {
  /** One sensor hears a glass and a cry within 10 s. */
  SAME_SENSOR_WINDOW("sameSensorWindow") {
    @Override
    Found find(List<PlacedPick> picks) {
      return Windows.find(picks, 1);
    }
  },
  /** A glass and a cry within 10 s at sensors within 800 m; probabilities joined by noisy-or. */
  ANY_TWO_WITHIN_REACH("anyTwoWithinReach") {
    @Override
    Found find(List<PlacedPick> picks) {
      return Windows.find(picks, REACH_METRES);
    }
  },
  /** Density clusters of a label in space and time, each located by least squares. */
  DBSCAN("dbscan") {
    @Override
    Found find(List<PlacedPick> picks) {
      return Pairing.pair(DensityClusters.events(picks));
    }
  },
  /** Source scanning: where and when most picks of a label agree on a grid. */
  GRID_STACK("gridStack") {
    @Override
    Found find(List<PlacedPick> picks) {
      return Pairing.pair(GridStack.events(picks));
    }
  };

  /** Farthest that two sensors hear one sound, nearly always. */
  static final double REACH_METRES = 800;

  /** At 15 °C; what the job believes too. */
  static final double SPEED_OF_SOUND = 340.3;

  static final double WITHIN_SECONDS = 10;
  static final double WITHIN_METRES = 60;

  private final String key;

  Baseline(String key) {
    this.key = key;
  }

  /** Its name in results. */
  public String key() {
    return key;
  }

  /** What was found. */
  public record Found(List<FoundAlert> alerts, List<FoundEvent> events) {}

  abstract Found find(List<PlacedPick> picks);

  /** What it makes of a city's picks. */
  public Found find(City city) {
    CityPlane plane =
        new CityPlane(city.truth().centreLatitudeDegrees(), city.truth().centreLongitudeDegrees());
    List<PlacedPick> picks = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (HeardPick pick : city.picks()) {
      if (known.add(pick.detectionId())) {
        picks.add(
            new PlacedPick(
                pick, plane.project(pick.latitudeDegrees(), pick.longitudeDegrees()), plane));
      }
    }
    picks.sort(PlacedPick.BY_ONSET);
    return find(picks);
  }
}

package io.tocsin.simulator.city.baseline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hipparchus.clustering.Clusterable;
import org.hipparchus.clustering.DBSCANClusterer;

/**
 * DBSCAN (Ester et al. 1996) over (east, north, time), time in units of what sound travels; each
 * cluster of four picks or more is a sound.
 */
final class DensityClusters {

  /** About the distance of neighbours that heard the same, and the sound's way between them. */
  private static final double RADIUS_METRES = 400;

  private static final int NEIGHBOURS = 3;
  private static final int FEWEST = 4;

  private DensityClusters() {}

  private record Position(PlacedPick pick, double firstSeconds) implements Clusterable {
    @Override
    public double[] getPoint() {
      return new double[] {
        pick.place().eastMetres(),
        pick.place().northMetres(),
        (pick.seconds() - firstSeconds) * Baseline.SPEED_OF_SOUND
      };
    }
  }

  static List<LocatedSound> events(List<PlacedPick> picks) {
    Map<String, List<PlacedPick>> byLabel =
        picks.stream()
            .collect(
                Collectors.groupingBy(p -> p.pick().label(), TreeMap::new, Collectors.toList()));
    List<LocatedSound> sounds = new ArrayList<>();
    for (List<PlacedPick> same : byLabel.values()) {
      int from = 0;
      for (int i = 1; i <= same.size(); i++) {
        // A pause longer than the radius parts clusters anyway, and keeps the search short.
        if (i == same.size()
            || (same.get(i).seconds() - same.get(i - 1).seconds()) * Baseline.SPEED_OF_SOUND
                > RADIUS_METRES) {
          sounds.addAll(clusters(same.subList(from, i)));
          from = i;
        }
      }
    }
    return sounds;
  }

  private static List<LocatedSound> clusters(List<PlacedPick> picks) {
    if (picks.size() < FEWEST) {
      return List.of();
    }
    double first = picks.get(0).seconds();
    List<Position> positions = picks.stream().map(p -> new Position(p, first)).toList();
    return new DBSCANClusterer<Position>(RADIUS_METRES, NEIGHBOURS)
        .cluster(positions).stream()
            .map(
                c ->
                    c.getPoints().stream().map(Position::pick).sorted(PlacedPick.BY_ONSET).toList())
            .filter(c -> LocatedSound.onePerSensor(c).size() >= FEWEST)
            .map(LocatedSound::byLeastSquares)
            .toList();
  }
}

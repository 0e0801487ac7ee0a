package io.tocsin.association;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sensors around one cell on the cell's own plane, in squares, so that those near a place are
 * found without looking at the others. Changed one sensor at a time.
 */
public final class SiteIndex {

  private static final double SQUARE_METRES = 400;

  private final LocalPlane plane;
  private final Map<String, Sited> byId = new HashMap<>();

  /** In each square by id: sums over sensors must not depend on the order in which they came. */
  private final Map<Long, List<Sited>> squares = new HashMap<>();

  /** A sensor at metres east and north of the plane's centre. */
  record Sited(SensorSite site, double x, double y) {}

  /**
   * @param centre of the plane, within some kilometres of every sensor
   */
  public SiteIndex(GeoPoint centre) {
    this.plane = new LocalPlane(centre);
  }

  LocalPlane plane() {
    return plane;
  }

  /** Adds a sensor, or moves it. */
  public void put(SensorSite site) {
    remove(site.sensorId());
    double[] at = plane.project(site.place());
    Sited sited = new Sited(site, at[0], at[1]);
    byId.put(site.sensorId(), sited);
    List<Sited> square =
        squares.computeIfAbsent(square(column(sited.x), column(sited.y)), s -> new ArrayList<>(4));
    int i = 0;
    while (i < square.size()
        && square.get(i).site.sensorId().compareTo(sited.site.sensorId()) < 0) {
      i++;
    }
    square.add(i, sited);
  }

  /** Forgets a sensor; nothing when it is not known. */
  public void remove(String sensorId) {
    Sited sited = byId.remove(sensorId);
    if (sited != null) {
      long key = square(column(sited.x), column(sited.y));
      List<Sited> square = squares.get(key);
      if (square != null && square.remove(sited) && square.isEmpty()) {
        squares.remove(key);
      }
    }
  }

  @Nullable Sited get(String sensorId) {
    return byId.get(sensorId);
  }

  /** Adds the sensors within {@code radius} of a place to {@code into}; always in one order. */
  void near(double x, double y, double radius, List<Sited> into) {
    for (int column = column(x - radius); column <= column(x + radius); column++) {
      for (int row = column(y - radius); row <= column(y + radius); row++) {
        List<Sited> square = squares.get(square(column, row));
        for (int i = 0; square != null && i < square.size(); i++) {
          Sited sited = square.get(i);
          double dx = sited.x - x;
          double dy = sited.y - y;
          if (dx * dx + dy * dy <= radius * radius) {
            into.add(sited);
          }
        }
      }
    }
  }

  private static int column(double metres) {
    return (int) Math.floor(metres / SQUARE_METRES);
  }

  private static long square(int column, int row) {
    return Scatter.key(((long) column << 32) ^ (row & 0xffff_ffffL));
  }
}

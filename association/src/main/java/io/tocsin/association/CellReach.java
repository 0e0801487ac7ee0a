package io.tocsin.association;

import com.uber.h3core.H3Core;
import com.uber.h3core.LengthUnit;
import com.uber.h3core.util.LatLng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which H3 cells a pick goes to: its home, and every cell that has a point within reach. The cell
 * of an event's anchor owns the event and knows every pick that could belong to it.
 */
public final class CellReach {

  /**
   * Cells of about 250 km²: with a reach of 1.9 km a pick goes to 1.5 cells on average, where cells
   * of 36 km² would make it 2.5. What is copied is nearly all that is paid for partitions, and a
   * core takes the picks of many such cells.
   */
  public static final int RESOLUTION = 5;

  /** Straight boundaries and flat ground are off by less than this. */
  private static final double MARGIN_METRES = 10;

  private static final int MOST_KNOWN = 4_096;

  private final H3Core h3;
  private final double reachMetres;
  private final int rings;
  private final Map<Long, Surroundings> known = new RecentlyUsed<>(MOST_KNOWN);

  /** A cell's neighbours with their corners on the tangent plane of its centre. */
  private record Surroundings(TangentPlane plane, long[] cells, double[][] xs, double[][] ys) {}

  /**
   * @param reachMetres farthest distance of two sensors whose picks may belong together
   */
  public CellReach(double reachMetres) {
    try {
      h3 = H3Core.newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("the H3 library does not load on this machine", e);
    }
    this.reachMetres = reachMetres;
    // A ring adds at least √3/2·√3 = 1.5 edge lengths of the smallest cells (0.6 of the average).
    double smallestEdge = 0.6 * h3.getHexagonEdgeLengthAvg(RESOLUTION, LengthUnit.m);
    this.rings = (int) Math.ceil(reachMetres / (1.5 * smallestEdge));
  }

  /** The cell that {@code place} lies in. */
  public long home(GeoPoint place) {
    return h3.latLngToCell(place.latitudeDegrees(), place.longitudeDegrees(), RESOLUTION);
  }

  /** A cell's centre. */
  public GeoPoint centre(long cell) {
    LatLng centre = h3.cellToLatLng(cell);
    return new GeoPoint(centre.lat, centre.lng);
  }

  /** The cell itself and every cell that a place within its reach may lie in. */
  public List<Long> around(long cell) {
    List<Long> cells = new ArrayList<>();
    cells.add(cell);
    for (long other : surroundings(cell).cells) {
      cells.add(other);
    }
    return cells;
  }

  /** Every cell with a point within reach of {@code place}, its home first. */
  public List<Long> within(GeoPoint place) {
    long home = home(place);
    List<Long> cells = new ArrayList<>(4);
    cells.add(home);
    Surroundings around = surroundings(home);
    double[] at = around.plane.project(place);
    double reach = reachMetres + MARGIN_METRES;
    for (int i = 0; i < around.cells.length; i++) {
      if (squared(around.xs[i], around.ys[i], at[0], at[1]) <= reach * reach) {
        cells.add(around.cells[i]);
      }
    }
    return cells;
  }

  private Surroundings surroundings(long home) {
    Surroundings already = known.get(Scatter.key(home));
    if (already != null) {
      return already;
    }
    TangentPlane plane = new TangentPlane(centre(home));
    long[] cells =
        h3.gridDisk(home, rings).stream().filter(c -> c != home).mapToLong(c -> c).toArray();
    double[][] xs = new double[cells.length][];
    double[][] ys = new double[cells.length][];
    for (int i = 0; i < cells.length; i++) {
      List<LatLng> boundary = h3.cellToBoundary(cells[i]);
      xs[i] = new double[boundary.size()];
      ys[i] = new double[boundary.size()];
      for (int k = 0; k < boundary.size(); k++) {
        double[] corner = plane.project(new GeoPoint(boundary.get(k).lat, boundary.get(k).lng));
        xs[i][k] = corner[0];
        ys[i][k] = corner[1];
      }
    }
    Surroundings around = new Surroundings(plane, cells, xs, ys);
    known.put(Scatter.key(home), around);
    return around;
  }

  /** Squared distance from a point outside a polygon to its boundary. */
  private static double squared(double[] xs, double[] ys, double x, double y) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < xs.length; k++) {
      int next = k + 1 == xs.length ? 0 : k + 1;
      double ax = xs[k] - x;
      double ay = ys[k] - y;
      double dx = xs[next] - xs[k];
      double dy = ys[next] - ys[k];
      double share = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)));
      double px = ax + share * dx;
      double py = ay + share * dy;
      nearest = Math.min(nearest, px * px + py * py);
    }
    return nearest;
  }
}

package io.tocsin.association;

import com.uber.h3core.H3Core;
import com.uber.h3core.LengthUnit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which H3 cells a pick goes to: its home, and every cell that has a point within reach. The cell
 * of an event's anchor owns the event and knows every pick that could belong to it.
 */
public final class CellReach {

  /** Cells of about 5 km²: a few reaches across, so that most picks go to few cells. */
  public static final int RESOLUTION = 7;

  private final H3Core h3;
  private final double reachMetres;
  private final int rings;

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
    this.rings = (int) Math.ceil(reachMetres / (1.5 * smallestEdge)) + 1;
  }

  /** The cell that {@code place} lies in. */
  public long home(GeoPoint place) {
    return h3.latLngToCell(place.latitudeDegrees(), place.longitudeDegrees(), RESOLUTION);
  }

  /** Every cell with a point within reach of {@code place}, its home first. */
  public List<Long> within(GeoPoint place) {
    long home = home(place);
    List<Long> cells = new ArrayList<>();
    cells.add(home);
    LocalPlane plane = new LocalPlane(place);
    for (long cell : h3.gridDisk(home, rings)) {
      if (cell != home && distance(plane, cell) <= reachMetres) {
        cells.add(cell);
      }
    }
    return cells;
  }

  /** Distance from the plane's centre to the cell's boundary. */
  private double distance(LocalPlane plane, long cell) {
    List<double[]> corners =
        h3.cellToBoundary(cell).stream()
            .map(c -> plane.project(new GeoPoint(c.lat, c.lng)))
            .toList();
    double nearest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < corners.size(); i++) {
      nearest = Math.min(nearest, toSegment(corners.get(i), corners.get((i + 1) % corners.size())));
    }
    // A boundary drawn with straight lines is off by less than a metre at this size.
    return nearest - 1;
  }

  private static double toSegment(double[] a, double[] b) {
    double dx = b[0] - a[0];
    double dy = b[1] - a[1];
    double share = -(a[0] * dx + a[1] * dy) / (dx * dx + dy * dy);
    double clamped = Math.max(0, Math.min(1, share));
    return Math.hypot(a[0] + clamped * dx, a[1] + clamped * dy);
  }
}

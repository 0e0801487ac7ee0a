package io.tocsin.simulator.city;

import com.uber.h3core.H3Core;
import com.uber.h3core.util.LatLng;
import io.tocsin.simulator.city.CityPlane.Point;
import io.tocsin.simulator.city.Conditions.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Where a city is, and where in it sounds come from. */
final class Layouts {

  private static final double BERLIN_LATITUDE = 52.5219;
  private static final double BERLIN_LONGITUDE = 13.4132;

  /** Cells that streams of this kind are partitioned by have one of these resolutions. */
  private static final int COARSEST = 5;

  private static final int FINEST = 8;
  private static final double OUTSIDE_METRES = 300;
  private static final double CORNER_METRES = 100;

  private final CitySettings settings;
  private final List<Point> corners;

  Layouts(CitySettings settings, CityPlane plane) {
    this.settings = settings;
    this.corners =
        settings.conditions().sounds().layout() == Layout.EDGES ? corners(plane) : List.of();
  }

  /** Around Berlin; for edges the centre is a corner of the coarsest cells. */
  static CityPlane plane(CitySettings settings) {
    if (settings.conditions().sounds().layout() == Layout.INSIDE) {
      return new CityPlane(BERLIN_LATITUDE, BERLIN_LONGITUDE);
    }
    H3Core h3 = h3();
    LatLng corner =
        h3.cellToBoundary(h3.latLngToCell(BERLIN_LATITUDE, BERLIN_LONGITUDE, COARSEST)).get(0);
    return new CityPlane(corner.lat, corner.lng);
  }

  /** Where the next incident is. */
  Point place(SplittableRandom chance) {
    if (settings.conditions().sounds().layout() == Layout.INSIDE) {
      return inside(chance);
    }
    double choice = chance.nextDouble();
    if (choice < 0.5) {
      return outside(chance);
    }
    if (choice < 0.75) {
      Point corner = corners.get(chance.nextInt(corners.size()));
      double bearing = chance.nextDouble(2 * Math.PI);
      double metres = CORNER_METRES * Math.sqrt(chance.nextDouble());
      return new Point(
          corner.eastMetres() + metres * Math.sin(bearing),
          corner.northMetres() + metres * Math.cos(bearing));
    }
    return inside(chance);
  }

  Point inside(SplittableRandom chance) {
    double half = settings.halfMetres();
    return new Point(chance.nextDouble(-half, half), chance.nextDouble(-half, half));
  }

  private Point outside(SplittableRandom chance) {
    double half = settings.halfMetres();
    double along = chance.nextDouble(-half, half);
    double beyond = half + chance.nextDouble(OUTSIDE_METRES);
    return switch (chance.nextInt(4)) {
      case 0 -> new Point(along, beyond);
      case 1 -> new Point(along, -beyond);
      case 2 -> new Point(beyond, along);
      default -> new Point(-beyond, along);
    };
  }

  private List<Point> corners(CityPlane plane) {
    H3Core h3 = h3();
    List<Point> all = new ArrayList<>();
    for (int resolution = COARSEST; resolution <= FINEST; resolution++) {
      long home =
          h3.latLngToCell(
              plane.centreLatitudeDegrees(), plane.centreLongitudeDegrees(), resolution);
      for (long cell : h3.gridDisk(home, 2)) {
        for (LatLng corner : h3.cellToBoundary(cell)) {
          Point point = plane.project(corner.lat, corner.lng);
          if (Math.max(Math.abs(point.eastMetres()), Math.abs(point.northMetres()))
              <= settings.halfMetres()) {
            all.add(point);
          }
        }
      }
    }
    return all;
  }

  private static H3Core h3() {
    try {
      return H3Core.newInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("the H3 library does not load on this machine", e);
    }
  }
}

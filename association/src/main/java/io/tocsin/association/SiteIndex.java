package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sensors around one cell on the cell's own plane, in squares, so that those near a place are
 * found without looking at the others. Changed one sensor at a time.
 *
 * <p>A core works with millions of sensors by turns, and hardly ever with one that it still has at
 * hand: what is asked of all near a place lies side by side.
 */
public final class SiteIndex {

  private static final double SQUARE_METRES = 400;

  private final LocalPlane plane;

  /** By number: to compare its id with another costs as much again as to find a sensor. */
  private final Long2ObjectOpenHashMap<Sited> byNumber = new Long2ObjectOpenHashMap<>();

  /** From column and row {@code first} on; null where nothing is. */
  private @Nullable Square[][] squares = new Square[0][0];

  private int firstColumn;
  private int firstRow;

  /**
   * A sensor at metres east and north of the plane's centre.
   *
   * @param latitudeDegrees and the others are the site's own
   */
  record Sited(
      double x,
      double y,
      double latitudeDegrees,
      double longitudeDegrees,
      double audibleRadius,
      SensorSite site) {

    boolean isAt(GeoPoint place) {
      return latitudeDegrees == place.latitudeDegrees()
          && longitudeDegrees == place.longitudeDegrees();
    }
  }

  /** Is told of sensors. */
  interface Visitor {
    /**
     * @param metres from the place that was asked about
     * @param sensor its number: {@link Background#sensor}
     */
    void visit(
        double x, double y, double metres, double audibleRadius, long sensor, SensorSite site);
  }

  /**
   * The sensors of a square by id: sums over them must not depend on the order in which they came.
   */
  private static final class Square {

    private SensorSite[] sites = new SensorSite[4];
    private double[] at = new double[12];
    private long[] numbers = new long[4];
    private int size;

    private void put(Sited sited) {
      if (size == sites.length) {
        sites = Arrays.copyOf(sites, 2 * size);
        at = Arrays.copyOf(at, 6 * size);
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      int i = size++;
      while (i > 0 && sites[i - 1].sensorId().compareTo(sited.site.sensorId()) > 0) {
        sites[i] = sites[i - 1];
        numbers[i] = numbers[i - 1];
        System.arraycopy(at, 3 * i - 3, at, 3 * i, 3);
        i--;
      }
      sites[i] = sited.site;
      numbers[i] = Background.sensor(sited.site.sensorId());
      at[3 * i] = sited.x;
      at[3 * i + 1] = sited.y;
      at[3 * i + 2] = sited.audibleRadius;
    }

    private void remove(String sensorId) {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (!sites[i].sensorId().equals(sensorId)) {
          sites[kept] = sites[i];
          numbers[kept] = numbers[i];
          System.arraycopy(at, 3 * i, at, 3 * kept, 3);
          kept++;
        }
      }
      size = kept;
    }

    private void near(double x, double y, double radius, Visitor visitor) {
      for (int i = 0; i < size; i++) {
        double dx = at[3 * i] - x;
        double dy = at[3 * i + 1] - y;
        double squared = dx * dx + dy * dy;
        if (squared <= radius * radius) {
          visitor.visit(
              at[3 * i], at[3 * i + 1], Math.sqrt(squared), at[3 * i + 2], numbers[i], sites[i]);
        }
      }
    }
  }

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
    Sited sited =
        new Sited(
            at[0],
            at[1],
            site.place().latitudeDegrees(),
            site.place().longitudeDegrees(),
            site.audibleRadiusMetres(),
            site);
    byNumber.put(Background.sensor(site.sensorId()), sited);
    made(column(sited.x), column(sited.y)).put(sited);
  }

  /** Forgets a sensor; nothing when it is not known. */
  public void remove(String sensorId) {
    Sited sited = byNumber.remove(Background.sensor(sensorId));
    Square square = sited == null ? null : square(column(sited.x), column(sited.y));
    if (square != null) {
      square.remove(sensorId);
    }
  }

  /**
   * @param sensor its number: {@link Background#sensor}
   */
  @Nullable Sited get(long sensor) {
    return byNumber.get(sensor);
  }

  /** Tells of the sensors within {@code radius} of a place; always in one order. */
  void near(double x, double y, double radius, Visitor visitor) {
    for (int column = column(x - radius); column <= column(x + radius); column++) {
      for (int row = column(y - radius); row <= column(y + radius); row++) {
        Square square = square(column, row);
        if (square != null) {
          square.near(x, y, radius, visitor);
        }
      }
    }
  }

  private @Nullable Square square(int column, int row) {
    int c = column - firstColumn;
    if (c < 0 || c >= squares.length) {
      return null;
    }
    int r = row - firstRow;
    return r < 0 || r >= squares[c].length ? null : squares[c][r];
  }

  private Square made(int column, int row) {
    if (squares.length == 0) {
      squares = new Square[1][1];
      firstColumn = column;
      firstRow = row;
    }
    int columns = squares.length;
    int rows = squares[0].length;
    int west = Math.min(firstColumn, column);
    int south = Math.min(firstRow, row);
    int wide = Math.max(firstColumn + columns, column + 1) - west;
    int high = Math.max(firstRow + rows, row + 1) - south;
    if (wide > columns || high > rows) {
      Square[][] larger = new Square[wide][high];
      for (int c = 0; c < columns; c++) {
        System.arraycopy(squares[c], 0, larger[c + firstColumn - west], firstRow - south, rows);
      }
      squares = larger;
      firstColumn = west;
      firstRow = south;
    }
    Square already = squares[column - firstColumn][row - firstRow];
    Square square = already == null ? new Square() : already;
    squares[column - firstColumn][row - firstRow] = square;
    return square;
  }

  private static int column(double metres) {
    return (int) Math.floor(metres / SQUARE_METRES);
  }
}

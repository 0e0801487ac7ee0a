package io.tocsin.stack.bench.association;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;

/**
 * A city of sensors 250 m apart and what they pick: sounds evenly over place and time, each heard
 * by those around it, and chance picks; in the order of an arrival that is up to five seconds late.
 *
 * @param picks by arrival
 */
public record CityLoad(List<SensorSite> sites, List<Pick> picks) {

  public static final List<String> LABELS = List.of("glass_shatter", "shout_scream");

  private static final double SPACING_METRES = 250;
  private static final double AUDIBLE_METRES = 400;
  private static final double SOUNDS_PER_KM2_HOUR = 1;
  private static final double DISTRESS_SHARE = 0.05;
  private static final long DISORDER_MICROS = 5_000_000;
  private static final long START_MICROS = 1_777_636_800_000_000L;
  private static final double CENTRE_LATITUDE = 52.5;
  private static final double CENTRE_LONGITUDE = 13.4;

  /**
   * @param chancePerTrue chance picks for each pick of a sound
   */
  public static CityLoad of(int sensors, int picks, double chancePerTrue, long seed) {
    return new Composition(sensors, seed).compose(picks, chancePerTrue);
  }

  private static final class Composition {

    private final Random random;
    private final int side;
    private final double[] xs;
    private final double[] ys;
    private final List<SensorSite> sites = new ArrayList<>();
    private final List<Arriving> arriving = new ArrayList<>();

    private record Arriving(long atMicros, Pick pick) {}

    Composition(int sensors, long seed) {
      random = new Random(seed);
      side = (int) Math.round(Math.sqrt(sensors));
      xs = new double[side * side];
      ys = new double[side * side];
      for (int i = 0; i < side * side; i++) {
        xs[i] = (i % side - (side - 1) / 2.0) * SPACING_METRES + random.nextGaussian() * 20;
        ys[i] =
            (Math.floorDiv(i, side) - (side - 1) / 2.0) * SPACING_METRES
                + random.nextGaussian() * 20;
        GeodesicData there =
            Geodesic.WGS84.Direct(
                CENTRE_LATITUDE,
                CENTRE_LONGITUDE,
                Math.toDegrees(Math.atan2(xs[i], ys[i])),
                Math.hypot(xs[i], ys[i]));
        sites.add(new SensorSite("s" + i, new GeoPoint(there.lat2, there.lon2), AUDIBLE_METRES));
      }
    }

    CityLoad compose(int picks, double chancePerTrue) {
      double squareKilometres = Math.pow(side * SPACING_METRES / 1_000, 2);
      double microsBetween = 3.6e9 / (SOUNDS_PER_KM2_HOUR * squareKilometres);
      double micros = 0;
      int chance = 0;
      while (arriving.size() < picks) {
        int before = arriving.size();
        micros += -Math.log(1 - random.nextDouble()) * microsBetween;
        double half = side * SPACING_METRES / 2;
        double x = (2 * random.nextDouble() - 1) * half;
        double y = (2 * random.nextDouble() - 1) * half;
        int label = random.nextInt(2);
        sound(label, x, y, START_MICROS + (long) micros);
        if (random.nextDouble() < DISTRESS_SHARE) {
          sound(1 - label, x + 15, y - 10, START_MICROS + (long) micros + 3_000_000);
        }
        chance += (int) Math.round((arriving.size() - before) * chancePerTrue);
        for (; chance > 0; chance--) {
          // Evenly within the time to the next sound.
          long at = START_MICROS + (long) (micros + random.nextDouble() * microsBetween);
          pick(random.nextInt(side * side), random.nextInt(2), at);
        }
      }
      arriving.sort(Comparator.comparingLong(Arriving::atMicros));
      return new CityLoad(sites, arriving.stream().map(Arriving::pick).limit(picks).toList());
    }

    private void sound(int label, double x, double y, long originMicros) {
      int column = (int) Math.round(x / SPACING_METRES + (side - 1) / 2.0);
      int row = (int) Math.round(y / SPACING_METRES + (side - 1) / 2.0);
      for (int r = Math.max(0, row - 4); r <= Math.min(side - 1, row + 4); r++) {
        for (int c = Math.max(0, column - 4); c <= Math.min(side - 1, column + 4); c++) {
          int i = r * side + c;
          double d = Math.hypot(xs[i] - x, ys[i] - y);
          if (random.nextDouble() < 0.95 / (1 + Math.exp(6 * (d / AUDIBLE_METRES - 1)))) {
            double error = random.nextGaussian() * 0.005;
            double travel = d / Settings.DEFAULT.speedOfSound();
            pick(i, label, originMicros + Math.round((travel + error) * 1e6));
          }
        }
      }
    }

    private void pick(int sensor, int label, long onset) {
      arriving.add(
          new Arriving(
              onset + (long) (random.nextDouble() * DISORDER_MICROS),
              new Pick(
                  Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()),
                  sites.get(sensor).sensorId(),
                  sites.get(sensor).place(),
                  LABELS.get(label),
                  0.5 + 0.45 * random.nextDouble(),
                  onset,
                  5_000,
                  onset + 900_000,
                  1_000)));
    }
  }
}

package io.tocsin.association;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * A jittered grid of sensors and what they pick: sounds with logistic detection, normal errors of
 * clocks and onsets, blocked paths, and chance picks. Distances by the plane of the grid's centre.
 */
final class City {

  static final GeoPoint CENTRE = new GeoPoint(52.5219, 13.4132);
  static final long T0 = 1_777_636_800_000_000L;
  static final double RADIUS = 400;

  /** The weather is known. */
  static final Settings STILL_AIR = new Settings(15, 0, 0, 3_000, 1, 800, 350_000);

  private static final double SPACING = 250;

  final Random random;
  final int side;
  final List<SensorSite> sites = new ArrayList<>();
  final List<Pick> picks = new ArrayList<>();
  final List<Truth> truths = new ArrayList<>();
  private final double[] xs;
  private final double[] ys;
  private final double[] clockErrors;
  private final LocalPlane plane = new LocalPlane(CENTRE);

  double clockMillis = 10;

  /** Whether a clock is wrong by something else each time, not by the same always. */
  boolean clocksJump;

  double onsetMillis = 5;
  double blockedShare;
  double speedFactor = 1;
  double windMetresPerSecond;

  /** What the associating cell is told. */
  Settings settings = STILL_AIR;

  /** A sound as it was. */
  record Truth(String label, double x, double y, long originMicros, List<String> heard) {}

  City(int side, long seed) {
    this.random = new Random(seed);
    this.side = side;
    this.xs = new double[side * side];
    this.ys = new double[side * side];
    this.clockErrors = new double[side * side];
    for (int i = 0; i < side * side; i++) {
      xs[i] = (i % side - (side - 1) / 2.0) * SPACING + random.nextGaussian() * 20;
      ys[i] = (i / side - (side - 1) / 2.0) * SPACING + random.nextGaussian() * 20;
      clockErrors[i] = random.nextGaussian();
      sites.add(new SensorSite("s" + i, plane.unproject(xs[i], ys[i]), RADIUS));
    }
  }

  double halfWidth() {
    return side * SPACING / 2;
  }

  GeoPoint at(double x, double y) {
    return plane.unproject(x, y);
  }

  void sound(String label, double x, double y, long originMicros) {
    sound(label, x, y, originMicros, RADIUS);
  }

  /**
   * @param radius metres at which about half of the sensors hear it
   */
  void sound(String label, double x, double y, long originMicros, double radius) {
    List<String> heard = new ArrayList<>();
    for (int i = 0; i < xs.length; i++) {
      double d = Math.hypot(xs[i] - x, ys[i] - y);
      if (d > 800 || random.nextDouble() > 0.95 / (1 + Math.exp(6 * (d / radius - 1)))) {
        continue;
      }
      double late = random.nextDouble() < blockedShare ? -Math.log(random.nextDouble()) * 0.05 : 0;
      double error =
          random.nextGaussian() * onsetMillis * 1e-3
              + (clocksJump ? random.nextGaussian() : clockErrors[i]) * clockMillis * 1e-3;
      double c = settings.speedOfSound() * speedFactor + windMetresPerSecond * (xs[i] - x) / d;
      long onset = originMicros + Math.round((d / c + late + error) * 1e6);
      heard.add(pick(i, label, onset, 0.6 + 0.39 * random.nextDouble()));
    }
    truths.add(new Truth(label, x, y, originMicros, heard));
  }

  private String pick(int i, String label, long onset, double probability) {
    String id = label.charAt(0) + "-" + i + "-" + onset;
    picks.add(
        new Pick(
            id,
            "s" + i,
            sites.get(i).place(),
            label,
            probability,
            onset,
            Math.round(onsetMillis * 1e3),
            onset + 900_000,
            Math.round(clockMillis * 1e3)));
    return id;
  }

  /** Chance picks, {@code count} of them, evenly over a time. */
  void chance(String label, int count, long fromMicros, long lengthMicros) {
    for (int k = 0; k < count; k++) {
      pick(
          random.nextInt(xs.length),
          label,
          fromMicros + (long) (random.nextDouble() * lengthMicros),
          0.3 + 0.6 * random.nextDouble());
    }
  }

  double inside() {
    return (random.nextDouble() - 0.5) * (side - 2) * SPACING;
  }

  void sort() {
    picks.sort(Comparator.comparingLong(Pick::onsetMicros).thenComparing(Pick::detectionId));
  }

  SiteIndex index() {
    SiteIndex index = new SiteIndex(CENTRE);
    sites.forEach(index::put);
    return index;
  }
}

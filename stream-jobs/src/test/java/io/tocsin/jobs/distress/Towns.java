package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Towns in a row, each of sixteen sensors 250 m apart, so far apart that they fill many cells. */
final class Towns {

  private static final double AUDIBLE_METRES = 300;

  private final int count;
  private final double apartMetres;
  private final Random random = new Random(17);

  Towns(int count, double apartMetres) {
    this.count = count;
    this.apartMetres = apartMetres;
  }

  private GeoPoint at(int town, double east, double north) {
    return Neighbourhood.at(
        (town - count / 2.0) * apartMetres + east, town % 3 * apartMetres + north);
  }

  private GeoPoint sensor(int town, int i) {
    double east = (i % 4 - 1.5) * 250 + (i * 7 % 5 - 2) * 12;
    double north = (i / 4 - 1.5) * 250 + (i * 3 % 7 - 3) * 9;
    return at(town, east, north);
  }

  List<FieldChange> sensors() {
    List<FieldChange> sensors = new ArrayList<>();
    for (int town = 0; town < count; town++) {
      for (int i = 0; i < 16; i++) {
        String id = "t" + town + "-" + i;
        sensors.add(
            new FieldChange(id, false, new SensorSite(id, sensor(town, i), AUDIBLE_METRES), null));
      }
    }
    return sensors;
  }

  /** In each town a glass that breaks, and a cry near it three seconds later. */
  List<Pick> distresses(long originMicros) {
    List<Pick> picks = new ArrayList<>();
    for (int town = 0; town < count; town++) {
      double east = random.nextGaussian() * 100;
      double north = random.nextGaussian() * 100;
      sound("glass", town, at(town, east, north), originMicros + town * 700_000L, picks);
      sound(
          "cry",
          town,
          at(town, east + 8, north),
          originMicros + town * 700_000L + 3_000_000,
          picks);
    }
    return picks;
  }

  private void sound(String label, int town, GeoPoint source, long originMicros, List<Pick> into) {
    for (int i = 0; i < 16; i++) {
      double metres = Neighbourhood.apartMetres(source, sensor(town, i));
      if (metres <= AUDIBLE_METRES) {
        double travel = metres / Neighbourhood.SETTINGS.speedOfSound();
        long onset = originMicros + Math.round((travel + random.nextGaussian() * 0.005) * 1e6);
        into.add(
            new Pick(
                label + "-" + town + "-" + i,
                "t" + town + "-" + i,
                sensor(town, i),
                label,
                0.9,
                onset,
                5_000,
                onset + 900_000,
                1_000));
      }
    }
  }
}

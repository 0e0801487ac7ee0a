package io.tocsin.jobs.distress;

import com.uber.h3core.H3Core;
import com.uber.h3core.util.LatLng;
import io.tocsin.association.CellReach;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Settings;
import io.tocsin.association.Severity;
import io.tocsin.schema.wire.TraceParent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;

/** Sixteen sensors 250 m apart, and what they hear: arrivals by the geodesic, not by our plane. */
final class Neighbourhood {

  static final Settings SETTINGS = Settings.DEFAULT;

  /** As {@link DistressJobSettings} has it: 2 · 800 m + 300 m. */
  static final double REPLICATION_METRES = 1_900;

  /** As {@link DistressJobSettings} has it: 800 m + 300 m. */
  private static final double ANCHOR_METRES = 1_100;

  static final long T0_MICROS = 1_777_636_800_000_000L;

  static final Pattern GLASS_THEN_CRY = pattern("glass-then-cry", 10_000_000);

  /** Where three cells meet, so that all of them have a part of it. */
  private static final GeoPoint CENTRE = cornerNear(52.52, 13.41);

  private static final double AUDIBLE_METRES = 300;
  private static final double SPEED_METRES_PER_SECOND = 331.3 * Math.sqrt(1 + 15 / 273.15);
  private static final long ONSET_SIGMA_MICROS = 5_000;

  private final Random random = new Random(11);
  private final CellReach reach = new CellReach(REPLICATION_METRES);

  private static GeoPoint cornerNear(double latitudeDegrees, double longitudeDegrees) {
    try {
      H3Core h3 = H3Core.newInstance();
      long cell = h3.latLngToCell(latitudeDegrees, longitudeDegrees, CellReach.RESOLUTION);
      LatLng corner = h3.cellToBoundary(cell).get(0);
      return new GeoPoint(corner.lat, corner.lng);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Pattern pattern(String id, long withinMicros) {
    return new Pattern(id, List.of("glass", "cry"), withinMicros, 60, 0.5, 3, Severity.HIGH, true);
  }

  static FieldChange in(Pattern pattern) {
    return new FieldChange(pattern.patternId(), true, null, pattern);
  }

  static FieldChange withdrawn(Pattern pattern) {
    return new FieldChange(pattern.patternId(), true, null, null);
  }

  static List<FieldChange> sensors() {
    return sites().stream().map(s -> new FieldChange(s.sensorId(), false, s, null)).toList();
  }

  private static List<SensorSite> sites() {
    List<SensorSite> sites = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      // The shift breaks the grid's symmetry, which would leave places in doubt.
      double east = (i % 4 - 1.5) * 250 + (i * 7 % 5 - 2) * 12;
      double north = (i / 4 - 1.5) * 250 + (i * 3 % 7 - 3) * 9;
      sites.add(new SensorSite("s" + i, at(east, north), AUDIBLE_METRES));
    }
    return sites;
  }

  /** A place by metres from the centre. */
  static GeoPoint at(double eastMetres, double northMetres) {
    GeodesicData there =
        Geodesic.WGS84.Direct(
            CENTRE.latitudeDegrees(),
            CENTRE.longitudeDegrees(),
            Math.toDegrees(Math.atan2(eastMetres, northMetres)),
            Math.hypot(eastMetres, northMetres));
    return new GeoPoint(there.lat2, there.lon2);
  }

  static double apartMetres(GeoPoint a, GeoPoint b) {
    return Geodesic.WGS84.Inverse(
            a.latitudeDegrees(), a.longitudeDegrees(), b.latitudeDegrees(), b.longitudeDegrees())
        .s12;
  }

  /** A glass that breaks, and a cry nearby three seconds later. */
  List<Pick> distress(double eastMetres, double northMetres, long originMicros) {
    return distress(eastMetres, northMetres, originMicros, 3_000_000);
  }

  List<Pick> distress(
      double eastMetres, double northMetres, long originMicros, long cryAfterMicros) {
    List<Pick> picks = sound("glass", at(eastMetres, northMetres), originMicros);
    picks.addAll(sound("cry", at(eastMetres + 8, northMetres - 5), originMicros + cryAfterMicros));
    return picks;
  }

  List<Pick> sound(String label, GeoPoint source, long originMicros) {
    List<Pick> picks = new ArrayList<>();
    for (SensorSite site : sites()) {
      double metres = apartMetres(source, site.place());
      if (metres <= AUDIBLE_METRES) {
        long onset =
            originMicros
                + Math.round(
                    metres / SPEED_METRES_PER_SECOND * 1e6
                        + random.nextGaussian() * ONSET_SIGMA_MICROS);
        picks.add(
            new Pick(
                label + "-" + site.sensorId() + "-" + onset,
                site.sensorId(),
                site.place(),
                label,
                0.9,
                onset,
                ONSET_SIGMA_MICROS,
                onset + 900_000,
                1_000));
      }
    }
    return picks;
  }

  /** Each pick for every cell that it goes to, as ToCellsFunction sends it. */
  List<CellPick> toCells(List<Pick> picks) {
    List<CellPick> sent = new ArrayList<>();
    for (Pick pick : picks) {
      for (long cell : reach.within(pick.place())) {
        sent.add(new CellPick(cell, pick, trace(pick)));
      }
    }
    return sent;
  }

  /** An alert for every cell that it goes to. */
  static List<CellAlert> toCells(SaidAlert said) {
    return AlertsToCellsFunction.cells(said, new CellReach(ANCHOR_METRES));
  }

  /** Each pick's own. */
  static TraceParent trace(Pick pick) {
    return new TraceParent(7, pick.detectionId().hashCode(), 1, 1);
  }

  Set<Long> cells(List<Pick> picks) {
    Set<Long> cells = new LinkedHashSet<>();
    toCells(picks).forEach(p -> cells.add(p.cell()));
    return cells;
  }
}

package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cell says before the watermark has passed: an alert is worth little a minute later. */
class FirstWordTest {

  private static final long T = 1_795_417_464_000_000L;

  private final SiteIndex sites = new SiteIndex(new GeoPoint(52.5219, 13.4132));
  private final Listener listener = new Listener();
  private final CellAssociator cell =
      new CellAssociator(Settings.DEFAULT, sites, List.of(), p -> true);

  private void heard(
      String sensor, double latitude, double longitude, long onsetMicros, long sigmaMicros) {
    GeoPoint place = new GeoPoint(latitude, longitude);
    sites.put(new SensorSite(sensor, place, 400));
    Pick pick =
        new Pick(
            "glass-" + sensor,
            sensor,
            place,
            "glass_shatter",
            0.85,
            T + onsetMicros,
            sigmaMicros,
            T + onsetMicros + 900_000,
            1_000);
    assertThat(cell.add(pick, T - 1_000_000, listener)).isTrue();
  }

  /** As a rendered scene had it: the second of the picks to come was an echo's. */
  @Test
  void whatThreePicksMadeIsDoubtedByTheFourthThatItDoesNotExplain() {
    heard("sensor-36", 52.526677, 13.402228, 675_532, 1_185);
    heard("sensor-37", 52.526826, 13.405174, 171_844, 823);
    heard("sensor-31", 52.523807, 13.409739, 1_107_407, 22_949);
    heard("sensor-45", 52.528529, 13.409803, 636_219, 1_436);
    heard("sensor-38", 52.526444, 13.409341, 50_782, 712);
    heard("sensor-30", 52.523799, 13.405761, 1_534_719, 15_364);
    assertThat(listener.standingEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.picks()).hasSize(4);
              assertThat(
                      LocalPlane.distanceMetres(
                          event.location().point(), new GeoPoint(52.5257, 13.4074)))
                  .isLessThan(10);
            });
  }
}

package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BurstTest {

  private static final Pattern PATTERN =
      new Pattern(
          "glass-then-cry", List.of("glass", "cry"), 10_000_000, 60, 0.3, 3, Severity.HIGH, true);

  private static List<Alert> alerts(int bangs) {
    City city = new City(16, 21);
    city.sound("glass", 30, 40, City.T0);
    city.sound("cry", 40, 30, City.T0 + 2_000_000);
    for (int i = 0; i < bangs; i++) {
      double azimuth = i * 2 * Math.PI / bangs;
      city.sound(
          "glass",
          1_400 * Math.cos(azimuth),
          1_400 * Math.sin(azimuth),
          City.T0 + 500_000L * (i % 8));
    }
    city.sort();
    Listener listener = new Listener();
    CellAssociator cell =
        new CellAssociator(Settings.DEFAULT, city.index(), List.of(PATTERN), p -> true);
    city.picks.forEach(p -> cell.add(p, p.onsetMicros(), listener));
    cell.settleAll(listener);
    return listener.lastAlerts();
  }

  @Test
  void anAlertAmidManyBangsIsLessLikelyAndSaysWhy() {
    List<Alert> quiet = alerts(0);
    List<Alert> loud = alerts(6);
    assertThat(quiet).hasSize(1);
    assertThat(loud).hasSize(1);
    assertThat(loud.get(0).probability()).isLessThan(0.7 * quiet.get(0).probability());
    assertThat(quiet.get(0).explanation()).doesNotContain("less likely");
    assertThat(loud.get(0).explanation()).contains("less likely amid 6 more places of glass");
  }

  @Test
  void manySoundsOfOneOtherPlaceAreNoBurst() {
    City city = new City(16, 21);
    city.sound("glass", 30, 40, City.T0);
    city.sound("cry", 40, 30, City.T0 + 2_000_000);
    for (int i = 0; i < 6; i++) {
      city.sound("cry", 1_200, -900 + 15 * i, City.T0 + 1_000_000L * i);
    }
    city.sort();
    Listener listener = new Listener();
    CellAssociator cell =
        new CellAssociator(Settings.DEFAULT, city.index(), List.of(PATTERN), p -> true);
    city.picks.forEach(p -> cell.add(p, p.onsetMicros(), listener));
    cell.settleAll(listener);
    assertThat(listener.lastAlerts()).hasSize(1);
    assertThat(listener.lastAlerts().get(0).explanation()).doesNotContain("less likely");
  }
}

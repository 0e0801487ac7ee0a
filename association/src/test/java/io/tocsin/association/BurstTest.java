package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BurstTest {

  private static final Pattern PATTERN =
      new Pattern(
          "glass-then-cry", List.of("glass", "cry"), 10_000_000, 60, 0.3, 3, Severity.HIGH, true);

  private static List<Alert> alerts(int bangs) {
    City city = city(City.RADIUS);
    for (int i = 0; i < bangs; i++) {
      double azimuth = i * 2 * Math.PI / bangs;
      city.sound(
          "glass",
          1_400 * Math.cos(azimuth),
          1_400 * Math.sin(azimuth),
          City.T0 + 500_000L * (i % 8));
    }
    return alerts(city);
  }

  /** A city with glass and a cry in it. */
  private static City city(double radius) {
    City city = new City(16, 21);
    city.sound("glass", 30, 40, City.T0, radius);
    city.sound("cry", 40, 30, City.T0 + 2_000_000, radius);
    return city;
  }

  private static List<Alert> alerts(City city) {
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
  void anAlertAmidManyBangsOfItsOwnPlaceIsLessLikely() {
    City city = city(City.RADIUS);
    for (int i = 0; i < 25; i++) {
      city.sound("glass", 35 + i, 30 - i, City.T0 - 8_000_000 + 700_000L * i);
    }
    assertThat(alerts(city))
        .isNotEmpty()
        .allSatisfy(
            alert -> {
              assertThat(alert.explanation())
                  .contains("less likely amid")
                  .contains("more of glass");
              assertThat(alert.probability()).isLessThan(0.5);
            });
  }

  @Test
  void whoeverCriesAgainAndAgainIsNotDoubted() {
    City city = city(City.RADIUS);
    for (int i = 0; i < 12; i++) {
      city.sound("cry", 41 + i % 3, 30, City.T0 + 3_300_000 + 1_300_000L * i);
    }
    assertIsNotDoubted(alerts(city));
  }

  @Test
  void manySoundsOfOneOtherPlaceAreNoBurst() {
    City city = city(City.RADIUS);
    for (int i = 0; i < 6; i++) {
      city.sound("cry", 1_200, -900 + 15 * i, City.T0 + 1_000_000L * i);
    }
    assertIsNotDoubted(alerts(city));
  }

  @Test
  void soundsThatMuchFewerSensorsHeardAreNoBurst() {
    City city = city(700);
    for (int i = 0; i < 6; i++) {
      double azimuth = i * 2 * Math.PI / 6;
      city.sound(
          "cry", 1_400 * Math.cos(azimuth), 1_400 * Math.sin(azimuth), City.T0 + 500_000L * i, 300);
    }
    List<Alert> alerts = alerts(city);
    assertThat(sensors(alerts)).isGreaterThanOrEqualTo(20);
    assertIsNotDoubted(alerts);
  }

  private static int sensors(List<Alert> alerts) {
    return alerts.get(0).events().stream().mapToInt(e -> e.picks().size()).min().orElseThrow();
  }

  private static void assertIsNotDoubted(List<Alert> alerts) {
    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).explanation()).doesNotContain("less likely");
  }
}

package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimeSlidesTest {

  private static final long HOUR = 3_600_000_000L;

  private static Pattern pattern(double minimumProbability) {
    return new Pattern(
        "glass-then-cry",
        List.of("glass", "cry"),
        10_000_000,
        60,
        minimumProbability,
        3,
        Severity.HIGH,
        true);
  }

  /**
   * Of one sound: where it is not looked for what else is beside it, chance is quick to work out.
   */
  private static final Pattern LONE =
      new Pattern("glass", List.of("glass"), 1_000_000, 60, 0.02, 3, Severity.LOW, true);

  private static TimeSlides over(City city, double hours, Pattern pattern) {
    return over(city, city.picks, hours, pattern);
  }

  private static TimeSlides over(City city, List<Pick> picks, double hours, Pattern pattern) {
    return TimeSlides.over(
        City.T0,
        City.T0 + (long) (hours * HOUR),
        picks,
        city.sites,
        List.of(pattern),
        Settings.DEFAULT,
        Set.of());
  }

  /** Of 36 sensors, each with a chance pick of either label about once a minute. */
  private static City noise(long seed) {
    City city = new City(6, seed);
    city.chance("glass", 2_000, City.T0, HOUR);
    city.chance("cry", 2_000, City.T0, HOUR);
    return city;
  }

  private static int alerts(City city, Pattern pattern) {
    return new FieldAssociation(Settings.DEFAULT, city.sites, List.of(pattern))
        .of(city.picks)
        .alerts()
        .size();
  }

  @Test
  void chanceAloneIsForeseenWithinAFactorOfTwo() {
    City city = noise(31);
    int seen = alerts(city, LONE);
    double foreseen = over(city, 1, LONE).slide(3).alerts().size() / 3.0;
    assertThat(seen).as("chance alerts seen").isGreaterThan(10);
    assertThat(foreseen).as("foreseen of %d", seen).isBetween(seen / 2.0, seen * 2.0);
  }

  @Test
  void soundsOfAlertsAreTakenAwayAndWhatIsLeftMakesNone() {
    City city = new City(8, 5);
    for (int i = 0; i < 40; i++) {
      long at = City.T0 + 10_000_000L + i * 45_000_000L;
      double x = city.inside();
      double y = city.inside();
      city.sound("glass", x, y, at);
      city.sound("cry", x + 12, y - 6, at + 2_500_000);
    }
    assertThat(alerts(city, pattern(0.5))).isGreaterThan(30);
    TimeSlides.Chance chance = over(city, 0.5, pattern(0.5)).slide(10);
    assertThat(chance.alerts()).isEmpty();
    assertThat(chance.sensorDays()).isEqualTo(64 * 0.5 / 24 * 10);
  }

  @Test
  void aRealSoundWithoutAnAlertIsBackgroundAsAWhole() {
    City city = new City(8, 6);
    for (int i = 0; i < 100; i++) {
      long at = City.T0 + 10_000_000L + i * 34_000_000L;
      city.sound(i % 2 == 0 ? "glass" : "cry", city.inside() / 4, city.inside() / 4, at);
    }
    assertThat(alerts(city, pattern(0.5))).isZero();
    List<ChanceAlert> chance = over(city, 1, pattern(0.5)).slide(20).alerts();
    // Of 50 · 50 pairs in a square of 375 m and an hour: within 60 m and 10 s, 20 times.
    double expected = 20 * 2_500 * (Math.PI * 60 * 60 / (375 * 375)) * (20 / 3_600.0);
    assertThat((double) chance.size()).isBetween(expected / 2, expected * 2);
    assertThat(chance).allMatch(alert -> alert.realSounds() >= 2);
  }

  @Test
  void slidesAreTheSameForEveryOrderAndOthersForEverySlide() {
    City city = noise(7);
    List<Pick> shuffled = new ArrayList<>(city.picks);
    shuffled.addAll(city.picks.subList(0, 100));
    Collections.shuffle(shuffled, new Random(1));
    TimeSlides.Chance expected = over(city, 1, LONE).slide(2);
    assertThat(over(city, shuffled, 1, LONE).slide(2)).isEqualTo(expected);
    assertThat(expected.alerts().stream().map(ChanceAlert::probability).toList())
        .doesNotHaveDuplicates()
        .isNotEmpty();
  }

  @Test
  void whatWasAlertedElsewhereIsTakenAwayToo() {
    City city = new City(8, 6);
    for (int i = 0; i < 100; i++) {
      long at = City.T0 + 10_000_000L + i * 34_000_000L;
      city.sound(i % 2 == 0 ? "glass" : "cry", city.inside() / 4, city.inside() / 4, at);
    }
    Set<String> all = new HashSet<>();
    city.picks.forEach(p -> all.add(p.detectionId()));
    TimeSlides slides =
        TimeSlides.over(
            City.T0,
            City.T0 + HOUR,
            city.picks,
            city.sites,
            List.of(pattern(0.5)),
            Settings.DEFAULT,
            all);
    assertThat(slides.slide(20).alerts()).isEmpty();
  }

  @Test
  void aSpanTooShortToSlideInIsRefused() {
    City city = new City(8, 7);
    assertThatThrownBy(() -> over(city, 0.02, pattern(0.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("72 s of 64 sensors");
  }
}

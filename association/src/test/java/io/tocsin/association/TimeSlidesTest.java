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

  private static TimeSlides over(City city, double hours, double minimumProbability) {
    return over(city, city.picks, hours, minimumProbability);
  }

  private static TimeSlides over(
      City city, List<Pick> picks, double hours, double minimumProbability) {
    return TimeSlides.over(
        City.T0,
        City.T0 + (long) (hours * HOUR),
        picks,
        city.sites,
        List.of(pattern(minimumProbability)),
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

  private static int alerts(City city, double minimumProbability) {
    return new FieldAssociation(Settings.DEFAULT, city.sites, List.of(pattern(minimumProbability)))
        .of(city.picks)
        .alerts()
        .size();
  }

  @Test
  void chanceAloneIsForeseenWithinAFactorOfTwo() {
    int seen = 0;
    double foreseen = 0;
    for (int seed = 31; seed < 33; seed++) {
      City city = noise(seed);
      seen += alerts(city, 0.01);
      foreseen += over(city, 1, 0.01).slide(2).alerts().size() / 2.0;
    }
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
    assertThat(alerts(city, 0.5)).isGreaterThan(30);
    TimeSlides.Chance chance = over(city, 0.5, 0.5).slide(10);
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
    assertThat(alerts(city, 0.5)).isZero();
    List<ChanceAlert> chance = over(city, 1, 0.5).slide(20).alerts();
    assertThat(chance).isNotEmpty().allMatch(alert -> alert.realSounds() == 2);
  }

  @Test
  void slidesAreTheSameForEveryOrderAndOthersForEverySlide() {
    City city = noise(7);
    List<Pick> shuffled = new ArrayList<>(city.picks);
    shuffled.addAll(city.picks.subList(0, 100));
    Collections.shuffle(shuffled, new Random(1));
    TimeSlides.Chance expected = over(city, 1, 0.01).slide(2);
    assertThat(over(city, shuffled, 1, 0.01).slide(2)).isEqualTo(expected);
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
    assertThatThrownBy(() -> over(city, 0.02, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("72 s of 64 sensors");
  }
}

package io.tocsin.simulator.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.simulator.city.CityTruth.Arrival;
import io.tocsin.simulator.city.CityTruth.Kind;
import io.tocsin.simulator.city.CityTruth.Sound;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each scenario has what it says it has, measured on what comes out. */
class CityTest {

  private static final double SPEED_OF_SOUND = 331.3 * Math.sqrt(1 + 15 / 273.15);

  private static City city(Scenario scenario, double hours) {
    return City.of(CitySettings.of(scenario, 7, 400, hours));
  }

  private static Set<String> trueIds(City city) {
    return city.truth().sounds().stream()
        .flatMap(s -> s.arrivals().stream())
        .map(Arrival::detectionId)
        .collect(Collectors.toSet());
  }

  private static double metres(Sound a, Sound b) {
    return Math.hypot(a.eastMetres() - b.eastMetres(), a.northMetres() - b.northMetres());
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void theSameSettingsGiveTheSameCity(Scenario scenario) {
    assertThat(city(scenario, 0.2)).isEqualTo(city(scenario, 0.2));
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void anotherSeedGivesAnotherCity(Scenario scenario) {
    assertThat(City.of(CitySettings.of(scenario, 8, 400, 0.2)).picks())
        .isNotEqualTo(city(scenario, 0.2).picks());
  }

  @Test
  void soundsOfTwoIncidentsMeetOnlyWhereTheyAreLet() {
    CitySettings apart = CitySettings.of(Scenario.S2, 7, 100, 4);
    apart = apart.with(apart.conditions().sounds().often(60));
    assertThat(meetings(City.of(apart))).isZero();
    assertThat(meetings(City.of(apart.with(apart.conditions().sounds().letMeet())))).isPositive();
  }

  /** Glass and cries of two incidents within 12 s and 250 m. */
  private static long meetings(City city) {
    List<Sound> sounds = city.truth().sounds();
    return sounds.stream()
        .filter(s -> s.label().equals(Labels.GLASS))
        .flatMap(
            glass ->
                sounds.stream()
                    .filter(s -> !s.label().equals(Labels.GLASS))
                    .filter(s -> !s.incident().equals(glass.incident()))
                    .filter(s -> Math.abs(s.originMicros() - glass.originMicros()) < 12_000_000)
                    .filter(s -> metres(s, glass) < 250))
        .count();
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void picksComeInTheOrderOfTheirArrival(Scenario scenario) {
    assertThat(city(scenario, 0.5).picks())
        .isSortedAccordingTo(Comparator.comparingLong(HeardPick::arrivedMicros));
  }

  @Test
  void aSensorPicksHalfOfTheSoundsAtTheAudibleRadius() {
    assertThat(pickedShare(380, 420)).isCloseTo(0.5, within(0.04));
    assertThat(pickedShare(0, 150)).isGreaterThan(0.95);
    assertThat(pickedShare(780, 820)).isLessThan(0.05);
  }

  private static double pickedShare(double fromMetres, double toMetres) {
    City city = city(Scenario.S1, 8);
    int near = 0;
    int picked = 0;
    for (Sound sound : city.truth().sounds()) {
      Set<String> heardBy =
          sound.arrivals().stream().map(Arrival::sensorId).collect(Collectors.toSet());
      for (CityTruth.Sensor sensor : city.truth().sensors()) {
        double metres =
            Math.hypot(
                sensor.eastMetres() - sound.eastMetres(),
                sensor.northMetres() - sound.northMetres());
        if (metres >= fromMetres && metres <= toMetres) {
          near++;
          picked += heardBy.contains(sensor.sensorId()) ? 1 : 0;
        }
      }
    }
    return (double) picked / near;
  }

  @Test
  void incidentsAreSixAnHourAndSquareKilometre() {
    City city = city(Scenario.S1, 8);
    // 25 km², 8 h: 1,200 with a standard deviation of 35; a few are left out as pairs by chance.
    assertThat(city.truth().incidents()).hasSizeBetween(1_060, 1_300);
    assertThat(city.truth().incidents().stream().filter(i -> i.kind() == Kind.DISTRESS).count())
        .isBetween(400L, 540L);
  }

  @Test
  void cleanPicksAreOffByClockAndOnsetAlone() {
    City city = city(Scenario.S1, 2);
    double[] late = lateSeconds(city);
    double variance = Arrays.stream(late).map(l -> l * l).average().orElseThrow();
    assertThat(Math.sqrt(variance)).isCloseTo(Math.hypot(0.010, 0.005), within(0.001));
    assertThat(trueIds(city))
        .isEqualTo(city.picks().stream().map(HeardPick::detectionId).collect(Collectors.toSet()));
  }

  /** By how much each true pick's onset is after what a straight way at 15 °C says. */
  private static double[] lateSeconds(City city) {
    Map<String, CityTruth.Sensor> sensors = new HashMap<>();
    city.truth().sensors().forEach(s -> sensors.put(s.sensorId(), s));
    return city.truth().sounds().stream()
        .flatMap(
            sound ->
                sound.arrivals().stream()
                    .map(
                        a -> {
                          CityTruth.Sensor at = sensors.get(a.sensorId());
                          double metres =
                              Math.hypot(
                                  at.eastMetres() - sound.eastMetres(),
                                  at.northMetres() - sound.northMetres());
                          return (a.onsetMicros() - sound.originMicros()) / 1e6
                              - metres / SPEED_OF_SOUND;
                        }))
        .mapToDouble(late -> late)
        .toArray();
  }

  @Test
  void noiseAddsAsManyFalsePicksAsAsked() {
    for (double ratio : new double[] {0.1, 1, 10}) {
      City city =
          City.of(CitySettings.of(Scenario.S2, 7, 400, 1).with(Scenario.falsePerTrue(ratio)));
      int real = trueIds(city).size();
      assertThat((double) (city.picks().size() - real) / real)
          .isCloseTo(ratio, within(0.1 * ratio + 0.02));
    }
  }

  @Test
  void twoPercentOfTheClocksAreOffByTwoSeconds() {
    double[] late = lateSeconds(city(Scenario.S3, 4));
    double off = Arrays.stream(late).filter(l -> Math.abs(l) > 1.9).count();
    assertThat(off / late.length).isBetween(0.005, 0.04);
    assertThat(Arrays.stream(late))
        .allMatch(l -> Math.abs(l) < 0.08 || Math.abs(Math.abs(l) - 2) < 0.08);
  }

  @Test
  void transportLosesDoublesAndDisorders() {
    City city = city(Scenario.S4, 4);
    Map<String, Long> arrived =
        city.picks().stream()
            .collect(Collectors.groupingBy(HeardPick::detectionId, Collectors.counting()));
    long lost = trueIds(city).stream().filter(id -> !arrived.containsKey(id)).count();
    assertThat((double) lost / trueIds(city).size()).isCloseTo(0.05, within(0.015));
    assertThat((double) arrived.values().stream().filter(n -> n == 2).count() / arrived.size())
        .isCloseTo(0.05, within(0.015));
    long half = CitySettings.START_MICROS + 2 * 3_600_000_000L;
    assertThat(city.picks().stream().filter(p -> p.arrivedMicros() - p.onsetMicros() > 45_000_000))
        .as("the backlog, all sent when the ten minutes are over")
        .isNotEmpty()
        .allMatch(
            p ->
                p.arrivedMicros() >= half + 300_000_000L
                    && p.arrivedMicros() <= half + 335_000_000L);
  }

  @Test
  void pathsOfACityDelay() {
    double[] late = lateSeconds(city(Scenario.S5, 4));
    assertThat(Arrays.stream(late).filter(l -> l > 0.09).count() / (double) late.length)
        .as("echoes and blocked paths")
        .isBetween(0.15, 0.35);
  }

  @Test
  void everySingleSoundOfADenseCityHasATwin() {
    City city = city(Scenario.S6, 2);
    Map<String, List<Sound>> byIncident =
        city.truth().sounds().stream()
            .filter(s -> s.kind() == Kind.SINGLE)
            .collect(Collectors.groupingBy(Sound::incident));
    assertThat(byIncident).isNotEmpty();
    byIncident
        .values()
        .forEach(
            twins -> {
              assertThat(twins).hasSize(2);
              assertThat(twins.get(0).label()).isEqualTo(twins.get(1).label());
              assertThat(metres(twins.get(0), twins.get(1))).isBetween(99.9, 1_000.1);
              assertThat(twins.get(1).originMicros() - twins.get(0).originMicros())
                  .isLessThanOrEqualTo(300_000);
            });
  }

  @Test
  void halfOfTheSoundsAtEdgesAreOutsideTheArray() {
    City city = city(Scenario.S7, 4);
    double outside =
        city.truth().sounds().stream()
            .filter(s -> Math.max(Math.abs(s.eastMetres()), Math.abs(s.northMetres())) > 2_500)
            .count();
    assertThat(outside / city.truth().sounds().size()).isCloseTo(0.5, within(0.06));
  }

  @Test
  void oneSensorChatters() {
    City city = city(Scenario.S8, 12);
    Set<String> real = trueIds(city);
    Map<String, Long> falsePicks =
        city.picks().stream()
            .filter(p -> !real.contains(p.detectionId()))
            .collect(Collectors.groupingBy(HeardPick::sensorId, Collectors.counting()));
    List<Long> most =
        falsePicks.values().stream().sorted(Comparator.reverseOrder()).limit(2).toList();
    assertThat(most.get(0)).isBetween(115L, 200L);
    assertThat(most.get(1)).isLessThan(25L);
  }

  @Test
  void thunderIsHeardByAllAndFireworksByManyAndNeitherMustAlert() {
    City city = city(Scenario.S9, 1);
    List<Sound> bursts =
        city.truth().sounds().stream().filter(s -> s.kind() == Kind.BURST).toList();
    assertThat(bursts.stream().filter(s -> s.incident().startsWith("thunder")))
        .isNotEmpty()
        .allMatch(s -> s.audibleSensors() > 380);
    assertThat(bursts.stream().filter(s -> s.incident().startsWith("fireworks")))
        .hasSizeGreaterThan(40)
        .allMatch(s -> s.audibleSensors() > 10);
  }

  @Test
  void decoysAreThreeHundredMetresApart() {
    City city = city(Scenario.S10, 2);
    Map<String, List<Sound>> decoys =
        city.truth().sounds().stream()
            .filter(s -> s.kind() == Kind.DECOY)
            .collect(Collectors.groupingBy(Sound::incident));
    assertThat(decoys).hasSizeGreaterThan(50);
    decoys
        .values()
        .forEach(d -> assertThat(metres(d.get(0), d.get(1))).isCloseTo(300, within(1.0)));
  }

  @Test
  void aTenthDiesAndAnotherModelTakesOver() {
    City city = city(Scenario.S11, 8);
    long half = CitySettings.START_MICROS + Math.round(city.settings().seconds() / 2 * 1e6);
    Set<String> before = new HashSet<>();
    Set<String> after = new HashSet<>();
    for (HeardPick pick : city.picks()) {
      (pick.onsetMicros() < half ? before : after).add(pick.sensorId());
      if (Math.abs(pick.onsetMicros() - half) > 1_000_000) {
        assertThat(pick.model()).isEqualTo(pick.onsetMicros() < half ? "model-1" : "model-2");
      }
    }
    assertThat(before).hasSizeGreaterThan(390);
    assertThat(after).hasSizeBetween(330, 385);
  }

  @Test
  void aCityThatLocatesNothingIsRefused() {
    assertThatThrownBy(() -> CitySettings.of(Scenario.S1, 1, 3, 1))
        .hasMessageContaining("3 sensors");
  }
}

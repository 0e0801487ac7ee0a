package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Association of a whole city's picks, against what really sounded. */
class CityTest {

  /** Of the speed of sound: 0 °C where 15 °C are said. */
  private static final double FREEZING = Math.sqrt(273.15 / (273.15 + 15));

  private static final long LATENESS_MICROS = 30_000_000;
  private static final Pattern PATTERN =
      new Pattern(
          "glass-then-cry", List.of("glass", "cry"), 10_000_000, 60, 0.5, 3, Severity.HIGH, true);

  /** What came of a run: events with revisions and alerts, both the last words. */
  private record LastWords(List<CellAssociator.RevisedEvent> events, List<Alert> alerts) {}

  @Test
  void lastWordsAreTheSameForEveryOrderWithinTheLatenessAndForDuplicatesAndRestores() {
    City city = new City(8, 5);
    city.blockedShare = 0.2;
    // There is something to learn for the second half of the sounds.
    city.windMetresPerSecond = 4;
    city.settings = Settings.DEFAULT;
    for (int i = 0; i < 40; i++) {
      long at = City.T0 + i * 45_000_000L;
      double x = city.inside();
      double y = city.inside();
      city.sound("glass", x, y, at);
      if (i % 2 == 0) {
        city.sound("cry", x + 12, y - 6, at + 2_500_000);
      }
    }
    city.chance("glass", 400, City.T0, 45L * 40 * 1_000_000);
    city.chance("cry", 400, City.T0, 45L * 40 * 1_000_000);
    LastWords expected = run(city, new Random(1), 1, 0);
    assertThat(expected.alerts()).hasSizeGreaterThan(15);
    assertThat(expected.alerts()).extracting(Alert::state).containsOnly(Alert.State.CLOSED);
    for (int seed = 2; seed < 5; seed++) {
      LastWords again = run(city, new Random(seed), LATENESS_MICROS, seed % 2 == 0 ? 197 : 0);
      assertThat(brief(again)).as("revisions of order %d", seed).isEqualTo(brief(expected));
      assertThat(again.events()).as("events of order %d", seed).isEqualTo(expected.events());
      assertThat(again.alerts()).as("alerts of order %d", seed).isEqualTo(expected.alerts());
    }
  }

  @Test
  void picksThatAreTakenQuietlyEndInTheSameLastWords() {
    City city = new City(8, 6);
    for (int i = 0; i < 20; i++) {
      long at = City.T0 + i * 40_000_000L;
      city.sound("glass", city.inside(), city.inside(), at);
      city.sound("cry", city.inside(), city.inside(), at + 4_000_000);
    }
    city.chance("glass", 400, City.T0, 40L * 20 * 1_000_000);
    city.chance("cry", 400, City.T0, 40L * 20 * 1_000_000);
    city.sort();
    Pattern anyhow =
        new Pattern("any", List.of("glass", "cry"), 10_000_000, 60, 0.01, 3, Severity.LOW, true);
    Listener loud = new Listener();
    Listener quiet = new Listener();
    CellAssociator aloud =
        new CellAssociator(city.settings, city.index(), List.of(anyhow), p -> true);
    CellAssociator quietly =
        new CellAssociator(city.settings, city.index(), List.of(anyhow), p -> true);
    for (Pick pick : city.picks) {
      aloud.add(pick, pick.onsetMicros() - 1, loud);
      aloud.settle(pick.onsetMicros() - 1, loud);
      quietly.addQuietly(pick, pick.onsetMicros() - 1);
      quietly.settle(pick.onsetMicros() - 1, quiet);
    }
    aloud.settleAll(loud);
    quietly.settleAll(quiet);
    assertThat(loud.lastAlerts()).hasSizeGreaterThan(2);
    assertThat(loud.alerts.size()).isGreaterThan(quiet.alerts.size());
    assertThat(quiet.lastAlerts()).isEqualTo(loud.lastAlerts());
    assertThat(quiet.standingEvents()).isEqualTo(loud.standingEvents());
  }

  /** What is quicker to compare by eye. */
  private static List<String> brief(LastWords words) {
    return words.events().stream()
        .map(
            e ->
                e.event().label()
                    + (e.event().originMicros() - City.T0)
                    + " r"
                    + e.revision()
                    + " "
                    + e.event().logLikelihoodRatio())
        .toList();
  }

  /**
   * @param restoreEvery so many picks the cell is lost and made anew from what it kept; 0: never
   */
  private static LastWords run(City city, Random random, long mostDelay, int restoreEvery) {
    Map<String, Long> arrival = new HashMap<>();
    List<Pick> arriving = new ArrayList<>(city.picks);
    for (Pick pick : city.picks) {
      arrival.put(pick.detectionId(), pick.onsetMicros() + random.nextLong(mostDelay));
      if (random.nextInt(20) == 0) {
        arriving.add(pick);
      }
    }
    Collections.shuffle(arriving, random);
    arriving.sort(Comparator.comparing((Pick p) -> arrival.get(p.detectionId())));
    Listener listener = new Listener();
    Kept kept = new Kept();
    CellAssociator cell = kept.cell(city);
    int count = 0;
    for (Pick pick : arriving) {
      long watermark = arrival.get(pick.detectionId()) - mostDelay;
      cell.add(pick, watermark, listener);
      kept.save(cell);
      // The watermark comes in jumps.
      if (random.nextInt(5) == 0) {
        cell.settle(watermark, listener);
        kept.save(cell);
      }
      if (restoreEvery > 0 && ++count % restoreEvery == 0) {
        cell = kept.cell(city);
      }
    }
    cell.settleAll(listener);
    return new LastWords(
        listener.last.values().stream().filter(e -> !e.withdrawn()).toList(),
        listener.lastAlerts());
  }

  /** What a state backend keeps. */
  private static final class Kept {

    private final Map<Long, List<Pick>> picks = new TreeMap<>();
    private final Map<String, Said> said = new TreeMap<>();
    private final Map<Long, Chatter> chatter = new TreeMap<>();
    private final Map<Long, WindTold> wind = new TreeMap<>();
    private final Map<Long, ClockTold> clocks = new TreeMap<>();

    CellAssociator cell(City city) {
      CellAssociator cell =
          new CellAssociator(city.settings, city.index(), List.of(PATTERN), p -> true);
      cell.restore(
          picks.values().stream().flatMap(List::stream).toList(),
          said.values(),
          chatter.values(),
          wind.values(),
          clocks.values(),
          List.of());
      return cell;
    }

    void save(CellAssociator cell) {
      for (long second : cell.touchedSeconds()) {
        List<Pick> kept = cell.picksOf(second);
        if (kept.isEmpty()) {
          picks.remove(second);
        } else {
          picks.put(second, kept);
        }
      }
      for (String key : cell.touchedSaid()) {
        Said entry = cell.said(key);
        if (entry == null) {
          said.remove(key);
        } else {
          said.put(key, entry);
        }
      }
      for (long source : cell.touchedChatter()) {
        Chatter entry = cell.chatter(source);
        if (entry == null) {
          chatter.remove(source);
        } else {
          chatter.put(source, entry);
        }
      }
      for (long sensor : cell.touchedClocks()) {
        ClockTold told = cell.clockTold(sensor);
        if (told == null) {
          clocks.remove(sensor);
        } else {
          clocks.put(sensor, told);
        }
      }
      for (long epoch : cell.touchedWind()) {
        WindTold told = cell.windTold(epoch);
        if (told == null) {
          wind.remove(epoch);
        } else {
          wind.put(epoch, told);
        }
      }
      cell.saved();
    }
  }

  @Test
  void locationsAreAsGoodAsTheirEllipsesSay() {
    City city = new City(20, 11);
    Figures figures = figures(city, 300, 0);
    assertThat(figures.recall()).isEqualTo(1);
    assertThat(figures.p90Metres()).as("p90 in metres").isLessThan(5);
    assertThat(figures.coverage()).isBetween(0.93, 0.985);
  }

  @Test
  void blockedPathsInColdAirStayWithinTwelveMetres() {
    City city = new City(20, 12);
    city.blockedShare = 0.3;
    city.speedFactor = FREEZING;
    city.settings = Settings.DEFAULT;
    Figures figures = figures(city, 300, 1);
    assertThat(figures.recall()).isGreaterThan(0.97);
    assertThat(figures.p90Metres()).as("p90 in metres").isLessThan(12);
    assertThat(figures.coverage()).isGreaterThan(0.88);
  }

  @Test
  void airOfAnotherTemperatureThanSaidMovesSoundsLessWhereItsErrorIsStated() {
    Figures sure = inTheFrost(City.STILL_AIR);
    Figures unsure = inTheFrost(Settings.DEFAULT);
    assertThat(unsure.p90Metres()).isLessThan(0.9 * sure.p90Metres());
    assertThat(unsure.coverage()).isGreaterThan(0.93);
    assertThat(sure.coverage()).isLessThan(unsure.coverage());
  }

  private static Figures inTheFrost(Settings settings) {
    City city = new City(20, 16);
    city.speedFactor = FREEZING;
    city.settings = settings;
    return figures(city, 300, 0);
  }

  @Test
  void ellipsesHoldWhatTheWindCarriedOffOnlyWhereItIsStated() {
    assertThat(inTheWind(City.STILL_AIR).coverage()).isLessThan(0.7);
    assertThat(inTheWind(Settings.DEFAULT).coverage()).isGreaterThan(0.9);
  }

  private static Figures inTheWind(Settings settings) {
    City city = new City(20, 17);
    city.windMetresPerSecond = 4;
    city.settings = settings;
    return figures(city, 300, 0);
  }

  @Test
  void theWindIsLearnedFromTheSoundsThemselves() {
    // Where its error is not stated there is nothing to learn.
    Figures still = inTheWind(City.STILL_AIR);
    Figures learned = inTheWind(new Settings(15, 0, 5, 3_000, 1, 800, 350_000));
    assertThat(learned.p90Metres()).as("p90 in metres").isLessThan(0.8 * still.p90Metres());
    assertThat(learned.coverage()).isGreaterThan(0.93);
  }

  @Test
  void whereThereIsNoWindNoneIsLearned() {
    City city = new City(20, 17);
    city.settings = new Settings(15, 0, 5, 3_000, 1, 800, 350_000);
    Figures unsure = figures(city, 300, 0);
    Figures sure = figures(new City(20, 17), 300, 0);
    assertThat(unsure.p90Metres()).as("p90 in metres").isLessThan(1.1 * sure.p90Metres());
    assertThat(unsure.coverage()).isGreaterThan(0.93);
  }

  @Test
  void clocksAreLearnedFromTheSoundsThemselves() {
    Figures few = figures(new City(20, 18), 100, 0);
    Figures many = figures(new City(12, 18), 600, 0);
    assertThat(many.p90Metres()).as("p90 in metres").isLessThan(0.7 * few.p90Metres());
    assertThat(many.coverage()).isGreaterThan(0.93);
  }

  @Test
  void ofClocksThatAreWrongBySomethingElseEachTimeNothingIsBelieved() {
    City city = new City(12, 18);
    city.clocksJump = true;
    Figures many = figures(city, 600, 0);
    // 4.7 m where clocks are taken as they are.
    assertThat(many.p90Metres()).as("p90 in metres").isLessThan(5);
    assertThat(many.coverage()).isGreaterThan(0.92);
  }

  @Test
  void clocksThatAreTwoSecondsOffDragNoEvent() {
    City city = new City(20, 13);
    Figures figures = figures(city, 300, 0, 0.02);
    assertThat(figures.recall()).isGreaterThan(0.97);
    assertThat(figures.p90Metres()).as("p90 in metres").isLessThan(5.5);
  }

  @Test
  void twoSoundsAtOnceComeOutAsTwo() {
    City city = new City(20, 14);
    for (int i = 0; i < 100; i++) {
      long at = City.T0 + i * 20_000_000L;
      double x = city.inside() * 0.6;
      double y = city.inside() * 0.6;
      double azimuth = city.random.nextDouble() * 2 * Math.PI;
      double apart = 150 + 850 * city.random.nextDouble();
      city.sound("glass", x, y, at);
      city.sound(
          "glass",
          x + apart * Math.cos(azimuth),
          y + apart * Math.sin(azimuth),
          at + city.random.nextInt(200_000));
    }
    assertThat(figures(city).recall()).isGreaterThan(0.94);
  }

  @Test
  void aSensorThatChattersCountsForLessOnceThatIsKnown() {
    City city = new City(8, 15);
    city.sound("cry", 10, 20, City.T0 + 3_600_000_000L);
    List<Pick> sound = List.copyOf(city.picks);
    double quiet = evidence(city, sound, List.of());
    List<Pick> chatter = new ArrayList<>();
    for (int k = 0; k < 60; k++) {
      Pick loud = sound.get(0);
      long onset = City.T0 + k * 40_000_000L;
      chatter.add(
          new Pick(
              "chatter-" + k,
              loud.sensorId(),
              loud.place(),
              loud.label(),
              0.7,
              onset,
              5_000,
              onset + 900_000,
              1_000));
    }
    assertThat(evidence(city, sound, chatter)).isLessThan(quiet - 2);
  }

  private static double evidence(City city, List<Pick> sound, List<Pick> before) {
    CellAssociator cell = new CellAssociator(city.settings, city.index(), List.of(), p -> true);
    Listener listener = new Listener();
    for (Pick pick : before) {
      cell.add(pick, pick.onsetMicros(), listener);
      cell.settle(pick.onsetMicros(), listener);
    }
    sound.forEach(p -> cell.add(p, City.T0 + 3_500_000_000L, listener));
    cell.settleAll(listener);
    return listener.standingEvents().get(0).logLikelihoodRatio();
  }

  private record Figures(double recall, double p90Metres, double coverage) {}

  private static Figures figures(City city, int sounds, double chancePerTrue) {
    return figures(city, sounds, chancePerTrue, 0);
  }

  private static Figures figures(City city, int sounds, double chancePerTrue, double offShare) {
    for (int i = 0; i < sounds; i++) {
      city.sound("glass", city.inside(), city.inside(), City.T0 + i * 20_000_000L);
    }
    city.chance("glass", (int) (chancePerTrue * city.picks.size()), City.T0, sounds * 20_000_000L);
    city.picks.replaceAll(
        p -> Math.floorMod(p.sensorId().hashCode(), 1_000) < 1_000 * offShare ? off(p) : p);
    return figures(city);
  }

  private static Pick off(Pick p) {
    return new Pick(
        p.detectionId(),
        p.sensorId(),
        p.place(),
        p.label(),
        p.probability(),
        p.onsetMicros() + 2_000_000,
        p.onsetSigmaMicros(),
        p.endMicros(),
        p.clockUncertaintyMicros());
  }

  private static Figures figures(City city) {
    city.sort();
    Listener listener = new Listener();
    CellAssociator cell = new CellAssociator(city.settings, city.index(), List.of(), p -> true);
    for (Pick pick : city.picks) {
      cell.add(pick, pick.onsetMicros(), listener);
      cell.settle(pick.onsetMicros(), listener);
    }
    cell.settleAll(listener);
    List<SoundEvent> events = listener.standingEvents();
    int eligible = 0;
    int covered = 0;
    List<Double> misses = new ArrayList<>();
    for (City.Truth truth : city.truths) {
      if (truth.heard().size() < 4) {
        continue;
      }
      eligible++;
      for (SoundEvent event : events) {
        long shared =
            event.picks().stream()
                .filter(p -> truth.heard().contains(p.pick().detectionId()))
                .count();
        if (shared >= 0.6 * truth.heard().size() && shared >= 0.6 * event.picks().size()) {
          double[] miss =
              new LocalPlane(event.location().point()).project(city.at(truth.x(), truth.y()));
          double r = Math.hypot(miss[0], miss[1]);
          misses.add(r);
          double variance = event.location().varianceAlong(miss[0] / r, miss[1] / r);
          covered += r * r <= Location.CHI2_95 * variance ? 1 : 0;
          break;
        }
      }
    }
    Collections.sort(misses);
    return new Figures(
        (double) misses.size() / eligible,
        misses.get((int) (0.9 * misses.size())),
        (double) covered / misses.size());
  }
}

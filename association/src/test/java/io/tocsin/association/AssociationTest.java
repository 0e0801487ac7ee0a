package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssociationTest {

  private static final GeoPoint CENTRE = new GeoPoint(52.5219, 13.4132);
  private static final LocalPlane PLANE = new LocalPlane(CENTRE);
  private static final long T0 = 1_777_636_800_000_000L;
  private static final double RADIUS = 400;
  private static final Settings SETTINGS = Settings.DEFAULT;
  private static final Pattern PATTERN =
      new Pattern(
          "glass-then-cry",
          List.of("glass_shatter", "shout_scream"),
          10_000_000,
          60,
          0.5,
          3,
          Severity.HIGH,
          true);

  private final Map<String, SensorSite> sites = grid();
  private final Random random = new Random(7);

  private static Map<String, SensorSite> grid() {
    Map<String, SensorSite> sites = new TreeMap<>();
    Random jitter = new Random(3);
    for (int i = 0; i < 16; i++) {
      double x = (i % 4 - 1.5) * 250 + jitter.nextGaussian() * 20;
      double y = (i / 4 - 1.5) * 250 + jitter.nextGaussian() * 20;
      sites.put("s" + i, new SensorSite("s" + i, PLANE.unproject(x, y), RADIUS));
    }
    return sites;
  }

  private List<Pick> sound(
      String label, double x, double y, long originMicros, double sigmaMillis, double radius) {
    List<Pick> picks = new ArrayList<>();
    GeoPoint source = PLANE.unproject(x, y);
    for (SensorSite site : sites.values()) {
      double d = LocalPlane.distanceMetres(source, site.place());
      if (d <= radius) {
        double error = random.nextGaussian() * sigmaMillis * 1000;
        long onset = originMicros + Math.round(d / SETTINGS.speedOfSound() * 1e6 + error);
        picks.add(
            new Pick(
                Ids.of(label, site.sensorId(), "" + onset),
                site.sensorId(),
                site.place(),
                label,
                0.9,
                onset,
                Math.round(sigmaMillis * 1000),
                onset + 900_000,
                1_000));
      }
    }
    return picks;
  }

  private List<SoundEvent> associate(List<Pick> picks) {
    Heard last = new Heard(cell(List.of()));
    picks.forEach(last::add);
    last.settle();
    return last.listener.standingEvents();
  }

  private double missMetres(SoundEvent event, double x, double y) {
    return LocalPlane.distanceMetres(event.location().point(), PLANE.unproject(x, y));
  }

  @Test
  void exactPicksGiveTheSourceToAMetre() {
    List<SoundEvent> events = associate(sound("glass_shatter", 60, -90, T0, 0, RADIUS));
    assertThat(events).hasSize(1);
    assertThat(missMetres(events.get(0), 60, -90)).isLessThan(1);
    assertThat(events.get(0).location().method()).isEqualTo(Location.Method.MULTILATERATION);
    assertThat(Math.abs(events.get(0).originMicros() - T0)).isLessThan(3_000);
  }

  @Test
  void noisyPicksStayCloseAndTheEllipseIsHonest() {
    List<Double> misses = new ArrayList<>();
    int covered = 0;
    for (int i = 0; i < 200; i++) {
      double x = random.nextDouble() * 500 - 250;
      double y = random.nextDouble() * 500 - 250;
      List<SoundEvent> events = associate(sound("glass_shatter", x, y, T0, 10, RADIUS));
      assertThat(events).hasSize(1);
      misses.add(missMetres(events.get(0), x, y));
      double[] d = new LocalPlane(events.get(0).location().point()).project(PLANE.unproject(x, y));
      double r = Math.hypot(d[0], d[1]);
      double variance = events.get(0).location().varianceAlong(d[0] / r, d[1] / r);
      covered += r * r <= Location.CHI2_95 * variance ? 1 : 0;
    }
    Collections.sort(misses);
    assertThat(misses.get(180)).as("p90 in metres").isLessThan(15);
    assertThat(covered).as("of 200 within the 95 %% ellipse").isGreaterThan(176);
  }

  @Test
  void theEllipseOfThreeArrivalsHoldsWhereElseNearbyTheyMeet() {
    int located = 0;
    int covered = 0;
    int far = 0;
    for (int i = 0; i < 300; i++) {
      sites.clear();
      for (int s = 0; s < 3; s++) {
        double x = random.nextDouble() * 500 - 250;
        double y = random.nextDouble() * 500 - 250;
        sites.put("s" + s, new SensorSite("s" + s, PLANE.unproject(x, y), RADIUS));
      }
      double x = random.nextDouble() * 400 - 200;
      double y = random.nextDouble() * 400 - 200;
      List<SoundEvent> events = associate(sound("glass_shatter", x, y, T0, 5, 2 * RADIUS));
      for (SoundEvent event : events) {
        Location location = event.location();
        double[] d = new LocalPlane(location.point()).project(PLANE.unproject(x, y));
        double r = Math.hypot(d[0], d[1]);
        located++;
        covered += r * r <= Location.CHI2_95 * location.varianceAlong(d[0] / r, d[1] / r) ? 1 : 0;
        far += r > 50 ? 1 : 0;
      }
    }
    assertThat(located).isGreaterThan(200);
    assertThat(covered)
        .as("of %d within the 95 %% ellipse", located)
        .isGreaterThan(located * 85 / 100);
    assertThat(far).as("of %d more than 50 m off", located).isLessThan(located / 6);
  }

  @Test
  void anEventWhoseFirstPickComesLateIsWithdrawnForTheOneThatBeginsWithIt() {
    List<Pick> picks = new ArrayList<>(sound("glass_shatter", 60, -90, T0, 2, RADIUS));
    picks.sort(Pick.BY_ONSET);
    Heard heard = new Heard(cell(List.of()));
    picks.subList(1, picks.size()).forEach(heard::add);
    List<SoundEvent> before = heard.listener.standingEvents();
    assertThat(before).hasSize(1);
    heard.add(picks.get(0));
    List<SoundEvent> after = heard.listener.standingEvents();
    assertThat(after).hasSize(1);
    assertThat(after.get(0).anchor()).isEqualTo(picks.get(0));
    CellAssociator.RevisedEvent withdrawn = heard.listener.last.get(before.get(0).eventId());
    assertThat(withdrawn.withdrawn()).isTrue();
    heard.settle();
    assertThat(heard.listener.standingEvents()).hasSize(1);
  }

  @Test
  void aWrongOnsetNeitherMovesTheEventNorMakesAnother() {
    List<Pick> picks = sound("shout_scream", 0, 40, T0, 3, RADIUS);
    Pick wrong = picks.get(2);
    picks.set(2, at(wrong, wrong.onsetMicros() + 400_000));
    List<SoundEvent> events = associate(picks);
    assertThat(events).hasSize(1);
    assertThat(missMetres(events.get(0), 0, 40)).isLessThan(12);
    assertThat(events.get(0).picks()).hasSize(picks.size() - 1);
  }

  @Test
  void twoSoundsAtOnceFarApartAreTwoEvents() {
    List<Pick> picks = sound("glass_shatter", -300, -300, T0, 3, 300);
    picks.addAll(sound("glass_shatter", 320, 330, T0 + 200_000, 3, 300));
    List<SoundEvent> events = associate(picks);
    assertThat(events).hasSize(2);
    assertThat(missMetres(events.get(0), -300, -300)).isLessThan(30);
    assertThat(missMetres(events.get(1), 320, 330)).isLessThan(30);
  }

  @Test
  void fewerThanThreeSensorsGiveARegionThatHoldsTheSource() {
    List<Pick> all = sound("shout_scream", 100, 100, T0 + 3_000_000, 3, RADIUS);
    all.sort(Pick.BY_ONSET);
    for (int n = 1; n <= 2; n++) {
      assertThat(associate(all.subList(0, n))).as("no point from %d sensors", n).isEmpty();
    }
    SoundEvent event = besideGlass(all.subList(0, 2), 100, 100);
    assertThat(event.picks()).hasSize(2);
    assertThat(event.location().method()).isEqualTo(Location.Method.HYPERBOLIC_REGION);
    assertThat(missMetres(event, 100, 100)).isLessThan(event.location().semiMajorMetres());
    assertThat(event.location().azimuthalGapDegrees()).isNull();
  }

  @Test
  void sensorsThatCallACryByTwoNamesSpeakForOneSound() {
    List<Pick> shout = sound("shout_scream", 60, 80, T0 + 3_000_000, 3, RADIUS);
    List<Pick> mixed = new ArrayList<>();
    for (int i = 0; i < shout.size(); i++) {
      Pick p = shout.get(i);
      mixed.add(i % 2 == 0 ? p : named(p, "crying"));
    }
    List<Pick> glass = sound("glass_shatter", 60, 80, T0, 3, RADIUS);
    SoundEvent both = Objects.requireNonNull(besideOrNull(glass, mixed.subList(0, 4)));
    SoundEvent one = Objects.requireNonNull(besideOrNull(glass, shout.subList(0, 4)));
    assertThat(both.picks()).hasSize(4);
    assertThat(both.picks().stream().map(p -> p.pick().label()).distinct()).hasSize(2);
    assertThat(both.logLikelihoodRatio()).isCloseTo(one.logLikelihoodRatio(), within(1e-9));
  }

  @Test
  void picksThatFitNoPlaceBesideTheGlassTellAgainstACompanion() {
    List<Pick> near = sound("shout_scream", 60, 80, T0 + 3_000_000, 3, RADIUS).subList(0, 3);
    List<Pick> far = sound("shout_scream", -330, 380, T0 + 3_000_000, 3, RADIUS).subList(0, 3);
    SoundEvent away = besideGlassOrNull(far, 60, 80);
    assertThat(away == null ? -1 : away.logLikelihoodRatio())
        .isLessThan(besideGlass(near, 60, 80).logLikelihoodRatio() - 3);
  }

  private static Pick named(Pick p, String label) {
    return new Pick(
        p.detectionId(),
        p.sensorId(),
        p.place(),
        label,
        p.probability(),
        p.onsetMicros(),
        p.onsetSigmaMicros(),
        p.endMicros(),
        p.clockUncertaintyMicros());
  }

  private SoundEvent besideGlass(List<Pick> free, double x, double y) {
    return Objects.requireNonNull(besideGlassOrNull(free, x, y));
  }

  private @Nullable SoundEvent besideGlassOrNull(List<Pick> free, double x, double y) {
    return besideOrNull(sound("glass_shatter", x, y, T0, 3, RADIUS), free);
  }

  private @Nullable SoundEvent besideOrNull(List<Pick> located, List<Pick> free) {
    SiteIndex index = index();
    Background background = new Background(1);
    List<Arrival> glass =
        located.stream().sorted(Pick.BY_ONSET).map(p -> new Arrival(p, index, SETTINGS)).toList();
    Origin origin =
        new OriginSearch(
                SETTINGS, index, background, new Wind(SETTINGS.windVariance()), new Clocks())
            .origins(glass)
            .get(0);
    return new Companions(SETTINGS, index, background)
        .beside(
            origin,
            PATTERN,
            free.stream().map(p -> new Arrival(p, index, SETTINGS)).toList(),
            Set.of(),
            1);
  }

  @Test
  void aGlassAndACryNearbyAlertOnceWithAnEllipse() {
    List<Alert> last = finalAlerts(pair(40, -60, 3_000_000, 5));
    assertThat(last).hasSize(1);
    assertThat(last.get(0).state()).isEqualTo(Alert.State.CLOSED);
    assertThat(last.get(0).location().semiMajorMetres()).isLessThan(40);
    assertThat(LocalPlane.distanceMetres(last.get(0).location().point(), PLANE.unproject(40, -60)))
        .isLessThan(15);
    assertThat(last.get(0).explanation()).contains("glass_shatter").contains("3.0 s later");
  }

  @Test
  void decoysNeverAlert() {
    assertThat(finalAlerts(sound("glass_shatter", 0, 0, T0, 5, RADIUS))).isEmpty();
    assertThat(finalAlerts(sound("shout_scream", 0, 0, T0, 5, RADIUS))).isEmpty();
    List<Pick> farApart = sound("glass_shatter", -420, -420, T0, 5, RADIUS);
    farApart.addAll(sound("shout_scream", 420, 420, T0 + 2_000_000, 5, RADIUS));
    assertThat(finalAlerts(farApart)).isEmpty();
    List<Pick> threeHundred = sound("glass_shatter", -150, 0, T0, 5, RADIUS);
    threeHundred.addAll(sound("shout_scream", 150, 0, T0 + 2_000_000, 5, RADIUS));
    assertThat(finalAlerts(threeHundred)).isEmpty();
    List<Pick> minutes = sound("glass_shatter", 0, 0, T0, 5, RADIUS);
    minutes.addAll(sound("shout_scream", 0, 0, T0 + 90_000_000, 5, RADIUS));
    assertThat(finalAlerts(minutes)).isEmpty();
    List<Pick> oneSoundTwoNames = sound("glass_shatter", 0, 0, T0, 5, RADIUS);
    oneSoundTwoNames.addAll(sound("shout_scream", 0, 0, T0 + 30_000, 5, 300));
    assertThat(finalAlerts(oneSoundTwoNames)).isEmpty();
  }

  @Test
  void theLastWordIsTheSameForEveryOrderOfArrival() {
    List<Pick> picks = pair(40, -60, 3_000_000, 8);
    picks.addAll(pair(-200, 180, 5_000_000, 8));
    List<Alert> expected = null;
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(picks, random);
      List<Alert> last = finalAlerts(picks);
      if (expected == null) {
        expected = last;
        assertThat(expected).hasSize(2);
      }
      assertThat(last).isEqualTo(expected);
    }
  }

  @Test
  void anAlertOpensBeforeTheWatermarkAndRevisionsOnlyGrow() {
    List<Pick> picks = pair(40, -60, 3_000_000, 5);
    picks.sort(Pick.BY_ONSET);
    Heard said = new Heard(cell());
    picks.forEach(said::add);
    List<Alert> alerts = said.alerts;
    assertThat(alerts).isNotEmpty();
    assertThat(alerts.get(0).state()).isEqualTo(Alert.State.OPEN);
    for (int i = 1; i < alerts.size(); i++) {
      assertThat(alerts.get(i).alertId()).isEqualTo(alerts.get(0).alertId());
      assertThat(alerts.get(i).revision()).isGreaterThan(alerts.get(i - 1).revision());
    }
    int before = alerts.size();
    assertThat(said.add(picks.get(0))).isFalse();
    assertThat(alerts).hasSize(before);
  }

  @Test
  void anAlertThatBeginsWithALaterPickNamesTheOneThatTakesItsPlace() {
    List<Pick> picks = new ArrayList<>(pair(60, -90, 4_000_000, 2));
    Heard heard = new Heard(cell());
    picks.subList(1, picks.size()).stream()
        .filter(p -> !p.equals(first(picks)))
        .forEach(heard::add);
    heard.add(picks.get(0));
    heard.alerts.clear();
    heard.add(first(picks));
    assertThat(heard.alerts)
        .extracting(Alert::state)
        .containsExactly(Alert.State.OPEN, Alert.State.RETRACTED);
    Alert opened = heard.alerts.get(0);
    Alert retracted = heard.alerts.get(1);
    assertThat(retracted.alertId()).isNotEqualTo(opened.alertId());
    assertThat(retracted.replacedBy()).isEqualTo(opened.alertId());
    assertThat(opened.replacedBy()).isNull();
    heard.settle();
    assertThat(heard.listener.lastAlerts())
        .singleElement()
        .satisfies(
            last -> {
              assertThat(last.alertId()).isEqualTo(opened.alertId());
              assertThat(last.replacedBy()).isNull();
            });
  }

  private static Pick first(List<Pick> picks) {
    return picks.stream()
        .filter(p -> p.label().equals("glass_shatter"))
        .min(Pick.BY_ONSET)
        .orElseThrow();
  }

  @Test
  void anEarlierCryThatTurnsUpLateLeavesAnAlertItsId() {
    Heard heard = new Heard(cell());
    pair(60, -90, 4_000_000, 2).forEach(heard::add);
    String id = heard.alerts.get(0).alertId();
    sound("shout_scream", 65, -95, T0 - 5_000_000, 2, RADIUS).forEach(heard::add);
    heard.settle();
    assertThat(heard.alerts).extracting(Alert::alertId).containsOnly(id);
    Alert last = heard.alerts.get(heard.alerts.size() - 1);
    assertThat(last.events()).hasSize(3);
    assertThat(last.startedMicros()).isLessThan(T0 - 4_000_000);
  }

  @Test
  void whatIsSaidOfAlertsWhenAllHasComeIsWhatTheySettleAs() {
    int alerts = 0;
    for (int seed = 0; seed < 12; seed++) {
      City city = new City(6, seed);
      city.blockedShare = 0.3;
      city.sound("glass_shatter", 30, -80, City.T0);
      city.sound("glass_shatter", 60, -60, City.T0 + 300_000);
      city.sound("shout_scream", 40, -70, City.T0 + 3_000_000);
      Collections.shuffle(city.picks, new Random(seed));
      Heard heard = new Heard(cell(city));
      city.picks.forEach(heard::add);
      List<Alert> open = heard.listener.lastAlerts();
      heard.settle();
      List<Alert> settled = heard.listener.lastAlerts();
      assertThat(open).extracting(Alert::alertId).isEqualTo(ids(settled));
      assertThat(open)
          .extracting(Alert::detectionIds)
          .isEqualTo(settled.stream().map(Alert::detectionIds).toList());
      alerts += settled.size();
    }
    assertThat(alerts).isGreaterThan(8);
  }

  private static List<String> ids(List<Alert> alerts) {
    return alerts.stream().map(Alert::alertId).toList();
  }

  private static CellAssociator cell(City city) {
    return new CellAssociator(city.settings, city.index(), List.of(PATTERN), p -> true);
  }

  @Test
  void nothingIsKeptAfterSilence() {
    Heard said = new Heard(cell());
    pair(0, 0, 2_000_000, 5).forEach(said::add);
    assertThat(said.cell.isEmpty()).isFalse();
    said.settle();
    assertThat(said.cell.isEmpty()).isTrue();
    assertThat(said.cell.touchedSaid()).allSatisfy(k -> assertThat(said.cell.said(k)).isNull());
    assertThat(said.cell.touchedSeconds())
        .allSatisfy(s -> assertThat(said.cell.picksOf(s)).isEmpty());
  }

  @Test
  void aWithdrawnPatternRetractsItsOpenAlerts() {
    Heard said = new Heard(cell());
    pair(0, 0, 2_000_000, 5).forEach(said::add);
    said.alerts.clear();
    said.cell.reconsider(List.of(), said.listener);
    assertThat(said.alerts).extracting(Alert::state).containsExactly(Alert.State.RETRACTED);
  }

  @Test
  void revisionsGoOnRisingWhenAWithdrawnPatternComesBack() {
    Heard said = new Heard(cell());
    pair(0, 0, 2_000_000, 5).forEach(said::add);
    said.alerts.clear();
    said.cell.reconsider(List.of(), said.listener);
    said.cell.reconsider(List.of(PATTERN), said.listener);
    assertThat(said.alerts)
        .extracting(Alert::state)
        .containsExactly(Alert.State.RETRACTED, Alert.State.OPEN);
    Alert retracted = said.alerts.get(0);
    Alert again = said.alerts.get(1);
    assertThat(again.alertId()).isEqualTo(retracted.alertId());
    assertThat(again.revision()).isGreaterThan(retracted.revision());
    said.settle();
    assertThat(said.alerts.get(said.alerts.size() - 1).state()).isEqualTo(Alert.State.CLOSED);
  }

  @Test
  void aSensorThatNeverPausesLeavesTheStateBounded() {
    Heard said = new Heard(cell());
    SensorSite chatty = sites.get("s5");
    int most = 0;
    for (int second = 0; second < 160; second++) {
      long onset = T0 + second * 1_000_000L;
      Pick pick =
          new Pick(
              Ids.of("chatter", "" + second),
              chatty.sensorId(),
              chatty.place(),
              "shout_scream",
              0.7,
              onset,
              5_000,
              onset + 900_000,
              1_000);
      said.add(pick);
      said.cell.settle(onset - 30_000_000, said.listener);
      int kept = 0;
      for (long s = T0 / 1_000_000; s <= T0 / 1_000_000 + second; s++) {
        kept += said.cell.picksOf(s).size();
      }
      most = Math.max(most, kept);
    }
    // Lateness, the longest that a pick can matter, and a group of the longest kind.
    assertThat(most).isLessThan(30 + 47 + 5);
  }

  @Test
  void everyPairWithinReachMeetsInTheOwnersCell() {
    CellReach reach = new CellReach(2_500);
    for (int i = 0; i < 400; i++) {
      GeoPoint a = PLANE.unproject(random.nextGaussian() * 5_000, random.nextGaussian() * 5_000);
      double azimuth = random.nextDouble() * 2 * Math.PI;
      double d = random.nextDouble() * 2_500;
      GeoPoint b = new LocalPlane(a).unproject(d * Math.sin(azimuth), d * Math.cos(azimuth));
      Set<Long> cells = new HashSet<>(reach.within(b));
      assertThat(cells).contains(reach.home(a));
      assertThat(reach.within(b).get(0)).isEqualTo(reach.home(b));
    }
  }

  private CellAssociator cell() {
    return cell(List.of(PATTERN));
  }

  private CellAssociator cell(List<Pattern> patterns) {
    return new CellAssociator(SETTINGS, index(), patterns, p -> true);
  }

  private SiteIndex index() {
    SiteIndex index = new SiteIndex(CENTRE);
    sites.values().forEach(index::put);
    return index;
  }

  /** A cell and what it has said. */
  private static final class Heard {

    private final CellAssociator cell;
    private final Listener listener = new Listener();
    private final List<Alert> alerts = listener.alerts;

    Heard(CellAssociator cell) {
      this.cell = cell;
    }

    boolean add(Pick pick) {
      return cell.add(pick, Long.MIN_VALUE, listener);
    }

    void settle() {
      cell.settleAll(listener);
    }
  }

  private List<Pick> pair(double x, double y, long apartMicros, double sigmaMillis) {
    List<Pick> picks = sound("glass_shatter", x, y, T0, sigmaMillis, RADIUS);
    picks.addAll(sound("shout_scream", x + 8, y - 5, T0 + apartMicros, sigmaMillis, RADIUS));
    return picks;
  }

  /** The last word on each alert that was not taken back. */
  private List<Alert> finalAlerts(List<Pick> picks) {
    Heard said = new Heard(cell());
    picks.forEach(said::add);
    said.settle();
    return said.listener.lastAlerts();
  }

  private static Pick at(Pick pick, long onsetMicros) {
    return new Pick(
        pick.detectionId(),
        pick.sensorId(),
        pick.place(),
        pick.label(),
        pick.probability(),
        onsetMicros,
        pick.onsetSigmaMicros(),
        pick.endMicros(),
        pick.clockUncertaintyMicros());
  }
}

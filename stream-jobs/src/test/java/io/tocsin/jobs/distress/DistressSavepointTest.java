package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tocsin.association.Alert;
import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.association.Pick;
import io.tocsin.association.SoundEvent;
import io.tocsin.jobs.CommittedSavepoint;
import io.tocsin.jobs.Overheard;
import io.tocsin.jobs.Stretch;
import io.tocsin.jobs.kafka.Timeless;
import io.tocsin.jobs.settings.SettingsFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an earlier build had associated goes on growing in this one. The savepoint was taken when an
 * alert was open and one sensor that had heard the glass and one that had heard the cry were still
 * to come; sensors, patterns and false-alarm curves are in it alone.
 */
@Timeout(60)
class DistressSavepointTest {

  private static final CommittedSavepoint SAVEPOINT = new CommittedSavepoint("distress");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The last sensor that hears the glass, and the last that hears the cry. */
  private static final int PICKS_BEHIND = 2;

  private static final List<Pick> PICKS = picks();
  private static final int PICKS_BEFORE = PICKS.size() - PICKS_BEHIND;
  private static final List<FieldChange> FIELD = field();
  private static final List<RateChange> RATES = rates();

  @Test
  void anAlertThatIsOpenInAnEarlierBuildsSavepointGrowsUnderItsOwnId() throws Exception {
    RatedAlert uninterrupted = last(run(CommittedSavepoint.fresh(), 0, true));
    List<RatedAlert> forgetful = run(CommittedSavepoint.fresh(), PICKS_BEFORE, true);
    List<RatedAlert> restored =
        run(CommittedSavepoint.from(SAVEPOINT.uri(), false), PICKS_BEFORE, false);

    String saidLast = SAVEPOINT.said().get(SAVEPOINT.said().size() - 1);
    assertThat(restored)
        .isNotEmpty()
        .allSatisfy(
            rated -> {
              assertThat(saidLast).startsWith(rated.alert().alertId() + " ");
              assertThat(rated.alert().revision()).isGreaterThan(revision(saidLast));
              assertThat(rated.falseAlarmsPerDay()).as("by the restored curve").isNotNull();
            });
    assertThat(last(restored).alert().state()).isEqualTo(Alert.State.CLOSED);
    assertThat(detections(last(restored)))
        .isEqualTo(detections(uninterrupted))
        .hasSizeGreaterThan(PICKS_BEFORE);
    assertThat(last(restored).alert().alertId()).isEqualTo(uninterrupted.alert().alertId());
    assertThat(forgetful)
        .as("who has not heard the glass")
        .noneMatch(rated -> rated.alert().alertId().equals(uninterrupted.alert().alertId()));
  }

  @Test
  void anOperatorUnderAnotherUidIsRefused() {
    StreamExecutionEnvironment renamed = CommittedSavepoint.from(SAVEPOINT.uri(), false);
    build(
        renamed,
        Stretch.ending(PICKS_BEFORE, PICKS.size()),
        tables(false, FIELD),
        tables(false, RATES));
    renamed.getTransformations().stream()
        .flatMap(end -> end.getTransitivePredecessors().stream())
        .filter(t -> DistressUids.ASSOCIATE.equals(t.getUid()))
        .forEach(t -> t.setUid("associate-picks"));

    assertThatThrownBy(renamed::execute)
        .hasStackTraceContaining("Cannot map checkpoint/savepoint state for operator")
        .hasStackTraceContaining("the operator is not available in the new program");
  }

  /** With {@code -Dtocsin.savepoints.record=true}; what is tested is the one of before. */
  @BeforeEach
  void takeTheSavepointAnewWhereThatIsAskedFor(@TempDir Path folder) throws Exception {
    if (!CommittedSavepoint.isToBeTaken()) {
      return;
    }
    StreamExecutionEnvironment environment = CommittedSavepoint.fresh();
    Overheard.forget();
    build(
        environment,
        Stretch.open(0, PICKS_BEFORE),
        Stretch.open(0, FIELD.size()),
        Stretch.open(0, RATES.size()));
    var job = environment.executeAsync();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Overheard.of(Pick.class).size() == PICKS_BEFORE
                    && Overheard.of(FieldChange.class).size() == FIELD.size()
                    && Overheard.of(RateChange.class).size() == RATES.size()
                    && !Overheard.of(RatedAlert.class).isEmpty());
    SAVEPOINT.take(
        job,
        folder,
        () ->
            Overheard.of(RatedAlert.class).stream()
                .map(RatedAlert::alert)
                .map(a -> a.alertId() + " " + a.revision() + " " + a.state())
                .toList());
  }

  private static int revision(String said) {
    return Integer.parseInt(said.split(" ", -1)[1]);
  }

  private static RatedAlert last(List<RatedAlert> said) {
    return said.get(said.size() - 1);
  }

  private static Set<String> detections(RatedAlert rated) {
    Set<String> ids = new TreeSet<>();
    for (SoundEvent event : rated.alert().events()) {
      event.picks().forEach(p -> ids.add(p.pick().detectionId()));
    }
    return ids;
  }

  private static List<RatedAlert> run(
      StreamExecutionEnvironment environment, int from, boolean reads) throws Exception {
    Overheard.forget();
    build(
        environment,
        Stretch.ending(from, PICKS.size()),
        tables(reads, FIELD),
        tables(reads, RATES));
    environment.execute();
    return Overheard.of(RatedAlert.class);
  }

  private static Stretch tables(boolean reads, List<?> records) {
    return Stretch.ending(reads ? 0 : records.size(), records.size());
  }

  private static void build(
      StreamExecutionEnvironment environment, Stretch picks, Stretch field, Stretch rates) {
    DistressPipeline.Stages stages =
        DistressPipeline.stages(
            environment
                .fromSource(
                    picks,
                    WatermarkStrategy.<Integer>forBoundedOutOfOrderness(CellHarness.LATENESS)
                        .withTimestampAssigner((i, none) -> PICKS.get(i).onsetMicros() / 1_000),
                    "detections")
                .uid(DistressUids.DETECTIONS)
                .map(i -> PICKS.get(i))
                .returns(TypeInformation.of(Pick.class))
                .uid(DistressUids.DETECTIONS_SPLIT)
                .map(new Overheard<>())
                .returns(TypeInformation.of(Pick.class))
                .uid("overheard-picks")
                .map(pick -> new TracedPick(pick, null))
                .returns(TypeInformation.of(TracedPick.class))
                .uid("traced"),
            table(environment, field, FieldChange.class, DistressUids.SENSORS),
            SettingsFile.read(
                DistressJobSettings.class,
                "--kafka.bootstrapServers=unused:1",
                "--kafka.registryUrl=http://unused",
                // Processing time is out of the question within this test.
                "--allowedLateness=PT1H"));
    DistressPipeline.rated(
            stages.alerts(), table(environment, rates, RateChange.class, DistressUids.FALSE_ALARMS))
        .map(new Overheard<>())
        .returns(TypeInformation.of(RatedAlert.class))
        .uid("overheard-alerts")
        .sinkTo(new DiscardingSink<>())
        .uid(DistressUids.ALERTS);
  }

  private static <T> DataStream<T> table(
      StreamExecutionEnvironment environment, Stretch stretch, Class<T> type, String uid) {
    return environment
        .fromSource(stretch, Timeless.table(), uid)
        .uid(uid)
        .map(i -> type.cast((type == FieldChange.class ? FIELD : RATES).get(i)))
        .returns(TypeInformation.of(type))
        .uid(uid + "-split")
        .map(new Overheard<>())
        .returns(TypeInformation.of(type))
        .uid("overheard-" + uid);
  }

  /** By onset, but for the last glass and the last cry, which come behind all others. */
  private static List<Pick> picks() {
    List<Pick> picks = new Neighbourhood().distress(40, -60, Neighbourhood.T0_MICROS);
    picks.sort(Comparator.comparingLong(Pick::onsetMicros));
    for (String label : List.of("glass", "cry")) {
      Pick last =
          picks.stream().filter(p -> p.label().equals(label)).reduce((a, b) -> b).orElseThrow();
      picks.remove(last);
      picks.add(last);
    }
    return picks;
  }

  private static List<FieldChange> field() {
    List<FieldChange> field = new ArrayList<>(Neighbourhood.sensors());
    field.add(Neighbourhood.in(Neighbourhood.GLASS_THEN_CRY));
    return field;
  }

  private static List<RateChange> rates() {
    List<RateChange> rates = new ArrayList<>();
    rates.add(
        new RateChange(
            Neighbourhood.GLASS_THEN_CRY.patternId(),
            true,
            false,
            new FalseAlarmCurve(Neighbourhood.GLASS_THEN_CRY.patternId(), List.of(), 100)));
    Neighbourhood.sensors()
        .forEach(sensor -> rates.add(new RateChange(sensor.id(), false, false, null)));
    return rates;
  }
}

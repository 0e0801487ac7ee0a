package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Alert;
import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Location;
import io.tocsin.association.Severity;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.FalseAlarmStep;
import io.tocsin.schema.wire.TraceParent;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.util.BroadcastOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // A harness's close() may throw anything.
class RatingFunctionTest {

  private static BroadcastOperatorTestHarness<TracedAlert, RateChange, RatedAlert> started(
      @Nullable OperatorSubtaskState from) throws Exception {
    BroadcastOperatorTestHarness<TracedAlert, RateChange, RatedAlert> harness =
        new BroadcastOperatorTestHarness<>(
            new CoBroadcastWithNonKeyedOperator<>(
                new RatingFunction(), List.of(RatingFunction.CURVES, RatingFunction.SENSORS)),
            1,
            1,
            0);
    ((SerializerConfigImpl) harness.getExecutionConfig().getSerializerConfig())
        .setGenericTypes(false);
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
    return harness;
  }

  private static final TraceParent TRACE = new TraceParent(1, 2, 3, 1);
  private static final long CELL = 0x851f1d4bfffffffL;

  private static Alert alert(double probability) {
    return new Alert(
        "a",
        3,
        Alert.State.OPEN,
        "glass-then-cry",
        Severity.HIGH,
        probability,
        new Location(new GeoPoint(52, 13), 7, 7, 0, Location.Method.MULTILATERATION, 90.0),
        1,
        2,
        List.of(),
        "",
        null);
  }

  private static RateChange curve(double sensorDays) {
    return new FalseAlarmMapping()
        .toDomain(
            FalseAlarmRates.newBuilder()
                .setPatternId("glass-then-cry")
                .setComputedAt(Instant.EPOCH)
                .setFromAt(Instant.EPOCH)
                .setUntilAt(Instant.EPOCH)
                .setSensors(3)
                .setSlides(5)
                .setSensorDays(sensorDays)
                .setSteps(
                    List.of(
                        FalseAlarmStep.newBuilder().setProbability(0.5).setAlerts(40).build(),
                        FalseAlarmStep.newBuilder().setProbability(0.8).setAlerts(8).build()))
                .build());
  }

  private static RateChange sensor(String id, boolean withdrawn) {
    return new RateChange(id, false, withdrawn, null);
  }

  private static @Nullable Double said(
      BroadcastOperatorTestHarness<TracedAlert, RateChange, RatedAlert> harness, double probability)
      throws Exception {
    harness.getOutput().clear();
    harness.processElement(new TracedAlert(CELL, alert(probability), TRACE), 0);
    assertThat(harness.extractOutputValues()).hasSize(1);
    assertThat(harness.extractOutputValues().get(0).alert()).isEqualTo(alert(probability));
    assertThat(harness.extractOutputValues().get(0).trace()).isEqualTo(TRACE);
    return harness.extractOutputValues().get(0).falseAlarmsPerDay();
  }

  @Test
  void anAlertSaysNoRateUntilItsPatternsCurveIsKnown() throws Exception {
    try (var harness = started(null)) {
      harness.processBroadcastElement(sensor("s1", false), 0);
      assertThat(said(harness, 0.6)).isNull();
      harness.processBroadcastElement(curve(100), 0);
      assertThat(said(harness, 0.6)).isEqualTo(0.08);
      harness.processBroadcastElement(new FalseAlarmMapping().withdrawn("glass-then-cry"), 0);
      assertThat(said(harness, 0.6)).isNull();
    }
  }

  @Test
  void theRateIsThatOfTheProbabilityTimesTheSensorsRegisteredNow() throws Exception {
    try (var harness = started(null)) {
      harness.processBroadcastElement(curve(100), 0);
      for (String id : List.of("s1", "s2", "s1", "s3")) {
        harness.processBroadcastElement(sensor(id, false), 0);
      }
      assertThat(said(harness, 0.4)).isEqualTo(3 * 0.40);
      assertThat(said(harness, 0.8)).isEqualTo(3 * 0.08);
      assertThat(said(harness, 0.99)).isEqualTo(3 * FalseAlarmCurve.AT_MOST_OF_NONE / 100);
      harness.processBroadcastElement(sensor("s2", true), 0);
      harness.processBroadcastElement(sensor("s2", true), 0);
      assertThat(said(harness, 0.8)).isEqualTo(2 * 0.08);
      harness.processBroadcastElement(curve(200), 0);
      assertThat(said(harness, 0.8)).isEqualTo(2 * 0.04);
    }
  }

  @Test
  void curvesAndSensorsOutliveARestart() throws Exception {
    OperatorSubtaskState kept;
    try (var harness = started(null)) {
      harness.processBroadcastElement(curve(100), 0);
      harness.processBroadcastElement(sensor("s1", false), 0);
      harness.processBroadcastElement(sensor("s2", false), 0);
      kept = harness.snapshot(1, 1);
    }
    try (var harness = started(kept)) {
      assertThat(said(harness, 0.8)).isEqualTo(2 * 0.08);
      harness.processBroadcastElement(sensor("s2", false), 0);
      harness.processBroadcastElement(sensor("s3", false), 0);
      assertThat(said(harness, 0.8)).isEqualTo(3 * 0.08);
    }
  }

  @Test
  void anAlertsRecordCarriesItsRateOrNone() {
    assertThat(
            AlertRecords.alert(new RatedAlert(CELL, alert(0.7), 0.25, null)).getFalseAlarmsPerDay())
        .isEqualTo(0.25);
    assertThat(
            AlertRecords.alert(new RatedAlert(CELL, alert(0.7), null, null)).getFalseAlarmsPerDay())
        .isNull();
  }
}

package io.tocsin.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Severity;
import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.simulator.AlertEvaluation.RaisedAlert;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.stack.demo.AlertWatch.Told;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertLatencyTest {

  private static final double LATITUDE = 52.5;
  private static final double LONGITUDE = 13.4;
  private static final double METRES_PER_DEGREE = 111_200;
  private static final SceneTruth TRUTH =
      new SceneTruth(
          60,
          List.of(),
          List.of(),
          List.of(new SceneTruth.Distress("pair", 10, 13, LATITUDE, LONGITUDE)));

  private final Map<String, Told> opened = new TreeMap<>();
  private final Map<String, DistressAlert> latest = new TreeMap<>();

  private void said(String id, double atSeconds, double offMetres, long toldMillis) {
    DistressAlert alert = alert(id, atSeconds, offMetres, AlertState.OPEN, null);
    opened.put(id, new Told(alert, toldMillis));
    latest.put(id, DistressAlert.newBuilder(alert).setState(AlertState.CLOSED).build());
  }

  private void replaced(String id, @Nullable String by) {
    latest.put(
        id,
        DistressAlert.newBuilder(latest.get(id))
            .setState(AlertState.RETRACTED)
            .setReplacedBy(by)
            .build());
  }

  private static DistressAlert alert(
      String id, double atSeconds, double offMetres, AlertState state, @Nullable String by) {
    return DistressAlert.newBuilder()
        .setAlertId(id)
        .setRevision(2)
        .setState(state)
        .setPatternId("glass-then-cry")
        .setSeverity(Severity.HIGH)
        .setProbability(0.9)
        .setLocation(
            Location.newBuilder()
                .setPlace(
                    Place.newBuilder()
                        .setLatitudeDegrees(LATITUDE + offMetres / METRES_PER_DEGREE)
                        .setLongitudeDegrees(LONGITUDE)
                        .build())
                .setEllipse(new ErrorEllipse(20.0, 20.0, 0.0))
                .setMethod(LocationMethod.MULTILATERATION)
                .build())
        .setStartedAt(Instant.ofEpochMilli(Math.round(atSeconds * 1e3)))
        .setEndedAt(Instant.ofEpochMilli(Math.round(atSeconds * 1e3)))
        .setEvents(List.of())
        .setExplanation("")
        .setReplacedBy(by)
        .build();
  }

  private List<String> counted() {
    List<RaisedAlert> standing =
        latest.values().stream()
            .filter(a -> a.getState() != AlertState.RETRACTED)
            .map(
                a ->
                    new RaisedAlert(
                        a.getAlertId(),
                        a.getStartedAt().toEpochMilli() / 1e3,
                        a.getLocation().getPlace().getLatitudeDegrees(),
                        LONGITUDE,
                        20,
                        0.9,
                        0,
                        ""))
            .toList();
    return new AlertLatency(latest, a -> a.getStartedAt().toEpochMilli() / 1e3)
        .firstWords(opened, AlertEvaluation.evaluate(TRUTH, standing)).stream()
            .map(told -> told.alert().getAlertId())
            .toList();
  }

  @Test
  void everyFirstWordCountsWhereNothingWasReplaced() {
    said("found", 10, 5, 1_000);
    said("false", 40, 5, 1_100);
    said("gone", 10, 5, 900);
    replaced("gone", null);
    assertThat(counted()).containsExactly("false", "found", "gone");
  }

  @Test
  void ofAChainTheFirstWordThatWasRightCountsAlone() {
    said("a", 10, 250, 800);
    said("b", 10, 60, 900);
    said("c", 10, 5, 950);
    said("d", 10, 5, 35_000);
    replaced("a", "b");
    replaced("b", "c");
    replaced("c", "d");
    assertThat(counted()).as("a was 250 m off").containsExactly("a", "b");
  }

  @Test
  void anAlertThatWasWrongAtFirstSparesWhatTookItsPlaceNothing() {
    said("early", 17.9, 101, 900);
    said("hasty", 1, 5, 950);
    said("late", 10, 5, 35_000);
    replaced("early", "late");
    replaced("hasty", "late");
    assertThat(counted()).containsExactly("early", "hasty", "late");
  }

  @Test
  void whatTookThePlaceOfAnotherButFoundNothingTrueCountsByItself() {
    said("early", 40, 5, 900);
    said("late", 41, 5, 35_000);
    replaced("early", "late");
    assertThat(counted()).containsExactly("early", "late");
  }

  @Test
  void retractionsThatNameEachOtherEndNowhere() {
    said("a", 10, 5, 900);
    said("b", 10, 5, 950);
    said("c", 10, 5, 35_000);
    replaced("a", "b");
    replaced("b", "a");
    assertThat(counted()).containsExactly("a", "b", "c");
  }
}

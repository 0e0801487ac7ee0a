package io.tocsin.sink;

import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.EventPick;
import io.tocsin.schema.avro.EvidencePointer;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorState;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.schema.avro.Severity;
import io.tocsin.schema.avro.SoundEvent;
import io.tocsin.schema.avro.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Plausible records; a test changes what it is about. */
final class Samples {

  static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123456Z");

  private Samples() {}

  static Place place(double latitudeDegrees, double longitudeDegrees) {
    return Place.newBuilder()
        .setLatitudeDegrees(latitudeDegrees)
        .setLongitudeDegrees(longitudeDegrees)
        .build();
  }

  static Clock gps() {
    return Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(100).build();
  }

  static Sensor sensor(String id, double latitudeDegrees, double longitudeDegrees) {
    return Sensor.newBuilder()
        .setSensorId(id)
        .setPlace(place(latitudeDegrees, longitudeDegrees))
        .setAudibleRadiusMetres(300)
        .setFirmware("test")
        .setRegisteredAt(NOON)
        .build();
  }

  static Detection detection(String id, Instant onsetAt) {
    return Detection.newBuilder()
        .setDetectionId(id)
        .setSensorId("s1")
        .setPlace(place(52.52, 13.41))
        .setLabel("glass_shatter")
        .setProbability(0.9)
        .setScore(0.75f)
        .setOnsetAt(onsetAt)
        .setOnsetSigmaMicros(1500)
        .setEndAt(onsetAt.plusMillis(960))
        .setLevelDbfs(-20.5f)
        .setClock(gps())
        .setModel(ModelRef.newBuilder().setId("yamnet").setVersion("1").setDigest("d1").build())
        .setEvidence(
            EvidencePointer.newBuilder()
                .setTopic("tocsin.audio-frames.v1")
                .setBootId("b")
                .setFirstSequence(7)
                .setLastSequence(9)
                .build())
        .build();
  }

  static Location location(double latitudeDegrees, double longitudeDegrees) {
    return Location.newBuilder()
        .setPlace(place(latitudeDegrees, longitudeDegrees))
        .setEllipse(
            ErrorEllipse.newBuilder()
                .setSemiMajorMetres(40)
                .setSemiMinorMetres(15)
                .setAzimuthDegrees(30)
                .build())
        .setMethod(LocationMethod.MULTILATERATION)
        .setAzimuthalGapDegrees(110.0)
        .build();
  }

  static SoundEvent event(String id, int revision, String detectionId) {
    return SoundEvent.newBuilder()
        .setEventId(id)
        .setRevision(revision)
        .setLabel("glass_shatter")
        .setOriginAt(NOON)
        .setOriginSigmaMicros(900)
        .setLocation(location(52.521, 13.411))
        .setPicks(
            List.of(
                EventPick.newBuilder()
                    .setDetectionId(detectionId)
                    .setSensorId("s1")
                    .setOnsetAt(NOON)
                    .setResidualMicros(-2500)
                    .setProbability(0.9)
                    .build()))
        .setSilentSensors(List.of("s8", "s9"))
        .setLogLikelihoodRatio(4.5)
        .build();
  }

  static DistressAlert alert(String id, int revision, AlertState state, String... detectionIds) {
    return DistressAlert.newBuilder()
        .setAlertId(id)
        .setRevision(revision)
        .setState(state)
        .setPatternId("glass-then-cry")
        .setSeverity(Severity.HIGH)
        .setProbability(0.8)
        .setLocation(location(52.521, 13.411))
        .setStartedAt(NOON)
        .setEndedAt(NOON.plusSeconds(4))
        .setEvents(
            List.of(
                AlertEvent.newBuilder()
                    .setEventId("e1")
                    .setLabel("glass_shatter")
                    .setOriginAt(NOON)
                    .setPlace(place(52.521, 13.411))
                    .setDetectionIds(List.of(detectionIds))
                    .build()))
        .setExplanation("Glass broke, then somebody cried.")
        .build();
  }

  static SensorStatus status(String sensorId, SensorState state) {
    return SensorStatus.newBuilder()
        .setSensorId(sensorId)
        .setState(state)
        .setReason(state == SensorState.ONLINE ? "" : "no heartbeat")
        .setSince(NOON)
        .setLastSeenAt(NOON)
        .setClock(gps())
        .setDetectionsPerHour(Map.of("glass_shatter", 1.5))
        .build();
  }

  static Review review(String alertId, Verdict verdict) {
    return Review.newBuilder()
        .setAlertId(alertId)
        .setVerdict(verdict)
        .setReviewer("ada")
        .setReviewedAt(NOON)
        .build();
  }

  static DistressPattern pattern(String id) {
    return DistressPattern.newBuilder()
        .setPatternId(id)
        .setLabels(List.of("glass_shatter", "shout_scream"))
        .setWithinMillis(10_000)
        .setWithinMetres(100)
        .setMinimumProbability(0.5)
        .setSeverity(Severity.HIGH)
        .build();
  }
}

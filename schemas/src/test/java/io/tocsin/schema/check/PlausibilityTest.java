package io.tocsin.schema.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.FalseAlarmStep;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.Severity;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlausibilityTest {

  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  @Test
  void goodRecordsHaveNoProblem() {
    assertThat(Plausibility.problemOf("s", frame(f -> {}), NOW)).isEmpty();
    assertThat(Plausibility.problemOf("s", sensor(52.5, 13.4), NOW)).isEmpty();
    assertThat(Plausibility.problemOf("p", pattern(p -> {}), NOW)).isEmpty();
    assertThat(Plausibility.problemOf("p", pattern(p -> p.setLabels(List.of("a", "b|c"))), NOW))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 90.0001, -91})
  void aLatitudeThatIsNoneIsNamed(double latitude) {
    assertProblem(
        Plausibility.problemOf("s", sensor(latitude, 13.4), NOW), "latitudeDegrees", "" + latitude);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:12Z", "2100-01-01T00:00:00Z", "2026-05-01T13:00:01Z"})
  void aCaptureTimeThatCannotBeIsNamed(String capturedAt) {
    Optional<String> problem =
        Plausibility.problemOf("s", frame(f -> f.setCapturedAt(Instant.parse(capturedAt))), NOW);
    assertProblem(problem, "capturedAt", capturedAt);
  }

  @Test
  void anOldRecordingIsPlausible() {
    assertThat(
            Plausibility.problemOf(
                "s", frame(f -> f.setCapturedAt(Instant.parse("2019-01-01T00:00:00Z"))), NOW))
        .isEmpty();
  }

  @Test
  void anEmptyFrameAnOddOneAndAnOverlongOneAreNamed() {
    assertProblem(
        Plausibility.problemOf("s", frame(f -> f.setSamples(bytes(0))), NOW), "samples is empty");
    assertProblem(
        Plausibility.problemOf("s", frame(f -> f.setSamples(bytes(33))), NOW), "33 bytes");
    assertProblem(
        Plausibility.problemOf("s", frame(f -> f.setSamples(bytes(320_002))), NOW), "10 s");
  }

  @Test
  void anEncodingFromTheFutureIsNamed() {
    assertProblem(
        Plausibility.problemOf("s", frame(f -> f.setEncoding(AudioEncoding.UNKNOWN)), NOW),
        "encoding");
  }

  @Test
  void aFrameThatClaimsAnotherSensorsIdIsRefused() {
    assertProblem(Plausibility.problemOf("other", frame(f -> {}), NOW), "key is other");
    assertProblem(Plausibility.problemOf(null, frame(f -> {}), NOW), "key is null");
  }

  @Test
  void badPatternsAreRefusedWithTheReason() {
    assertProblem(
        Plausibility.problemOf("p", pattern(p -> p.setLabels(List.of())), NOW), "labels is empty");
    assertProblem(
        Plausibility.problemOf("p", pattern(p -> p.setLabels(List.of("a", "a"))), NOW), "twice");
    assertProblem(
        Plausibility.problemOf("p", pattern(p -> p.setLabels(List.of("a|"))), NOW), "label is ''");
    assertProblem(
        Plausibility.problemOf("p", pattern(p -> p.setMinimumProbability(1.2)), NOW), "1.2");
    assertProblem(
        Plausibility.problemOf("p", pattern(p -> p.setWithinMetres(Double.NaN)), NOW), "NaN");
    assertProblem(Plausibility.problemOf("p", pattern(p -> p.setWithinMillis(-1)), NOW), "-1");
  }

  private static void assertProblem(Optional<String> problem, String... parts) {
    assertThat(problem).isPresent();
    assertThat(problem.orElseThrow()).contains(parts);
  }

  private static ByteBuffer bytes(int n) {
    return ByteBuffer.allocate(n);
  }

  private static AudioFrame frame(Consumer<AudioFrame> change) {
    AudioFrame frame =
        AudioFrame.newBuilder()
            .setSensorId("s")
            .setBootId("b")
            .setSequence(0)
            .setCapturedAt(NOW)
            .setClock(Clock.newBuilder().setUncertaintyMicros(1000).build())
            .setSampleRateHertz(16_000)
            .setEncoding(AudioEncoding.PCM_S16LE)
            .setSamples(bytes(32_000))
            .build();
    change.accept(frame);
    return frame;
  }

  private static Sensor sensor(double latitude, double longitude) {
    return Sensor.newBuilder()
        .setSensorId("s")
        .setPlace(
            Place.newBuilder().setLatitudeDegrees(latitude).setLongitudeDegrees(longitude).build())
        .setAudibleRadiusMetres(400)
        .setRegisteredAt(NOW)
        .build();
  }

  @Test
  void falseAlarmRatesMustHaveBeenListenedForAndFallAsProbabilitiesRise() {
    assertThat(Plausibility.problemOf("p", rates(10, 0.5, 20, 0.7, 3), NOW)).isEmpty();
    assertThat(Plausibility.problemOf("p", rates(10), NOW)).isEmpty();
    assertProblem(Plausibility.problemOf("q", rates(10), NOW), "the record's key is q");
    assertProblem(Plausibility.problemOf("p", rates(Double.NaN), NOW), "sensorDays is NaN");
    assertProblem(Plausibility.problemOf("p", rates(10, 1.5, 20), NOW), "probability is 1.5");
    assertProblem(Plausibility.problemOf("p", rates(10, 0.5, 0), NOW), "0 alerts from 0.5");
    assertProblem(Plausibility.problemOf("p", rates(10, 0.5, 3, 0.4, 2), NOW), "2 alerts from 0.4");
    assertProblem(Plausibility.problemOf("p", rates(10, 0.5, 3, 0.7, 3), NOW), "3 alerts from 0.7");
  }

  /** Steps as probability and number by turns. */
  private static FalseAlarmRates rates(double sensorDays, double... steps) {
    List<FalseAlarmStep> all = new ArrayList<>();
    for (int i = 0; i < steps.length; i += 2) {
      all.add(
          FalseAlarmStep.newBuilder()
              .setProbability(steps[i])
              .setAlerts((long) steps[i + 1])
              .build());
    }
    return FalseAlarmRates.newBuilder()
        .setPatternId("p")
        .setComputedAt(NOW)
        .setFromAt(NOW)
        .setUntilAt(NOW)
        .setSensors(4)
        .setSlides(2)
        .setSensorDays(sensorDays)
        .setSteps(all)
        .build();
  }

  private static DistressPattern pattern(Consumer<DistressPattern> change) {
    DistressPattern pattern =
        DistressPattern.newBuilder()
            .setPatternId("p")
            .setLabels(List.of("glass_shatter", "shout_scream"))
            .setWithinMillis(10_000)
            .setWithinMetres(50)
            .setMinimumProbability(0.5)
            .setSeverity(Severity.HIGH)
            .build();
    change.accept(pattern);
    return pattern;
  }
}

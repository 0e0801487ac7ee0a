package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PickMappingTest {

  private final PickMapping mapping = new PickMapping(Duration.ofSeconds(30));

  @Test
  void storedAudioCountsAsLongAsItIsNotTooLate() {
    assertThat(mapping.concerns(detection(0))).isTrue();
    assertThat(mapping.concerns(detection(30_000))).isTrue();
    assertThat(mapping.concerns(detection(30_001))).isFalse();
  }

  private static Detection detection(long storedMillis) {
    Instant onset = Instant.parse("2026-05-01T12:00:00Z");
    return Detection.newBuilder()
        .setDetectionId("d")
        .setSensorId("s")
        .setPlace(Place.newBuilder().setLatitudeDegrees(52.5).setLongitudeDegrees(13.4).build())
        .setLabel("glass_shatter")
        .setProbability(0.9)
        .setScore(0.8f)
        .setOnsetAt(onset)
        .setOnsetSigmaMicros(2_000)
        .setEndAt(onset)
        .setLevelDbfs(-20)
        .setClock(Clock.newBuilder().setUncertaintyMicros(50).build())
        .setModel(ModelRef.newBuilder().setId("m").setVersion("1").setDigest("d").build())
        .setStoredMillis(storedMillis)
        .build();
  }
}

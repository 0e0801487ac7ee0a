package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Onset;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.EmbeddedWindow;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tiny bundle's windows are 100 ms. */
class EmbeddingMappingTest {

  private static final Instant CAPTURED = Instant.parse("2026-05-01T12:00:00.000123Z");
  private static final long CAPTURED_MICROS = 1_777_636_800_000_123L;
  private static final byte[] VECTOR = {1, 2, 3, 4};

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());
  private final EmbeddingMapping mapping = new EmbeddingMapping(bundle);

  @Test
  void anEmbeddingKeepsItsVectorItsLevelAndItsOnset() {
    Onset onset =
        Onset.newBuilder()
            .setAt(CAPTURED.plusMillis(40))
            .setSigmaMicros(700)
            .setStrengthDecibels(12.5)
            .build();
    EmbeddedWindow window = mapping.toDomain(embedding(bundle.backboneDigest(), 100_000, onset));
    assertThat(window)
        .usingRecursiveComparison()
        .isEqualTo(
            new EmbeddedWindow(
                "a",
                "boot",
                7,
                CAPTURED_MICROS,
                VECTOR,
                -31.5f,
                CAPTURED_MICROS + 40_000,
                700,
                12.5,
                "PTP",
                50,
                90,
                null));
  }

  @Test
  void anEmbeddingMayHaveNoOnset() {
    EmbeddedWindow window = mapping.toDomain(embedding(bundle.backboneDigest(), 100_000, null));
    assertThat(window.onsetMicros()).isNull();
    assertThat(window.onsetStrengthDecibels()).isZero();
  }

  @Test
  void anotherBackbonesEmbeddingIsRefusedWithBothDigests() {
    String other = "f".repeat(64);
    assertThatThrownBy(() -> mapping.toDomain(embedding(other, 100_000, null)))
        .isInstanceOf(RefusedRecordException.class)
        .hasMessageContaining("edge@3")
        .hasMessageContaining(other)
        .hasMessageContaining(bundle.ref().toString())
        .hasMessageContaining(bundle.backboneDigest());
  }

  @Test
  void aWindowOfAnotherLengthIsRefusedWithBothLengths() {
    assertThatThrownBy(() -> mapping.toDomain(embedding(bundle.backboneDigest(), 975_000, null)))
        .isInstanceOf(RefusedRecordException.class)
        .hasMessageContaining("975000")
        .hasMessageContaining(bundle.ref().toString())
        .hasMessageContaining("100000");
  }

  private static AudioEmbedding embedding(
      String backboneDigest, long windowMicros, @Nullable Onset onset) {
    return AudioEmbedding.newBuilder()
        .setSensorId("a")
        .setBootId("boot")
        .setSequence(7)
        .setCapturedAt(CAPTURED)
        .setClock(Clock.newBuilder().setSource(ClockSource.PTP).setUncertaintyMicros(50).build())
        .setWindowMicros(windowMicros)
        .setModel(
            ModelRef.newBuilder().setId("edge").setVersion("3").setDigest(backboneDigest).build())
        .setVector(ByteBuffer.wrap(VECTOR))
        .setLevelDbfs(-31.5f)
        .setOnset(onset)
        .setStoredMillis(90)
        .build();
  }
}

package io.tocsin.edge.mode;

import io.tocsin.audio.Levels;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.OnsetPicker;
import io.tocsin.scoring.inference.Float16;
import io.tocsin.scoring.window.AudioWindow;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Makes one sensor's embeddings and numbers them. The onset is picked here, on the waveform, which
 * the server never has; with it the server places a sound in time as well as with the audio.
 */
final class EmbeddingCoder {

  private final ModelRef model;
  private final OnsetPicker onsets;
  private final long windowMicros;
  private long sequence;

  EmbeddingCoder(ModelBundle bundle) {
    this.model =
        ModelRef.newBuilder()
            .setId(bundle.ref().id())
            .setVersion(bundle.ref().version())
            .setDigest(bundle.backboneDigest())
            .build();
    this.onsets = new OnsetPicker(bundle.sampleRateHertz());
    this.windowMicros = bundle.windowSamples() * 1_000_000L / bundle.sampleRateHertz();
  }

  /** The window's record; empty where the model failed, so that its number is missing. */
  Optional<AudioEmbedding> embedding(Heard heard) {
    AudioWindow window = heard.window();
    if (window.index() == 0 && sequence > 0) {
      sequence++;
    }
    long number = sequence++;
    float[] vector = heard.embedding();
    if (vector == null) {
      return Optional.empty();
    }
    io.tocsin.scoring.detect.Onset onset = onsets.pick(window);
    return Optional.of(
        AudioEmbedding.newBuilder()
            .setSensorId(window.sensorId())
            .setBootId(window.bootId())
            .setSequence(number)
            .setCapturedAt(instant(window.startMicros()))
            .setClock(
                Clock.newBuilder()
                    .setSource(ClockSource.valueOf(window.clockSource()))
                    .setUncertaintyMicros(window.clockUncertaintyMicros())
                    .build())
            .setWindowMicros(windowMicros)
            .setModel(model)
            .setVector(ByteBuffer.wrap(Float16.encode(vector)))
            .setLevelDbfs((float) Levels.rmsDbfs(window.samples()))
            .setOnset(
                io.tocsin.schema.avro.Onset.newBuilder()
                    .setAt(instant(onset.atMicros()))
                    .setSigmaMicros(onset.sigmaMicros())
                    .setStrengthDecibels(onset.strengthDecibels())
                    .build())
            .build());
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}

package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Onset;
import io.tocsin.schema.wire.TraceParent;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.EmbeddedWindow;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Avro embeddings to windows, if the bundle's own backbone made them. */
final class EmbeddingMapping implements DomainMapping<AudioEmbedding, EmbeddedWindow> {

  private static final long serialVersionUID = 1L;

  private final String bundle;
  private final String backboneDigest;
  private final long windowMicros;

  EmbeddingMapping(ModelBundle bundle) {
    this.bundle = bundle.ref().toString();
    this.backboneDigest = bundle.backboneDigest();
    this.windowMicros = bundle.windowSamples() * 1_000_000L / bundle.sampleRateHertz();
  }

  @Override
  public EmbeddedWindow toDomain(AudioEmbedding embedding) {
    if (!embedding.getModel().getDigest().equals(backboneDigest)) {
      throw new RefusedRecordException(
          "model "
              + embedding.getModel().getId()
              + "@"
              + embedding.getModel().getVersion()
              + " has a backbone "
              + embedding.getModel().getDigest()
              + ", the head of "
              + bundle
              + " was made for "
              + backboneDigest
              + "; give the sensor the bundle of the server",
          null);
    }
    if (embedding.getWindowMicros() != windowMicros) {
      throw new RefusedRecordException(
          "windowMicros is "
              + embedding.getWindowMicros()
              + ", "
              + bundle
              + " hears "
              + windowMicros,
          null);
    }
    @Nullable Onset onset = embedding.getOnset();
    return new EmbeddedWindow(
        embedding.getSensorId(),
        embedding.getBootId(),
        embedding.getSequence(),
        Instants.toMicros(embedding.getCapturedAt()),
        bytes(embedding.getVector()),
        embedding.getLevelDbfs(),
        onset == null ? null : (Long) Instants.toMicros(onset.getAt()),
        onset == null ? 0 : onset.getSigmaMicros(),
        onset == null ? 0 : onset.getStrengthDecibels(),
        embedding.getClock().getSource().name(),
        embedding.getClock().getUncertaintyMicros(),
        Math.max(0, embedding.getStoredMillis()),
        null);
  }

  @Override
  public EmbeddedWindow withHeaders(EmbeddedWindow window, Headers headers) {
    TraceParent trace = TraceParent.of(headers);
    return trace == null ? window : window.in(trace.toString());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}

package io.tocsin.edge.mode;

import io.tocsin.audio.FlacFrames;
import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Privacy;
import java.nio.ByteBuffer;

/** Into the spool of one sensor. */
final class SpoolOutbox implements Outbox {

  private final SpooledSensor sensor;

  SpoolOutbox(SpooledSensor sensor) {
    this.sensor = sensor;
  }

  @Override
  public void captured(short[] samples) {
    sensor.captured(samples);
  }

  @Override
  public boolean embedding(AudioEmbedding embedding) {
    return sensor.accept(embedding);
  }

  @Override
  public boolean audio(
      short[] samples, long capturedAtMicros, Privacy privacy, boolean evidenceOnly) {
    AudioFrame frame = sensor.frame(samples, capturedAtMicros);
    frame.setPrivacy(privacy);
    frame.setEvidenceOnly(evidenceOnly);
    if (privacy == Privacy.WITHHELD) {
      // Silence is next to nothing in FLAC, whatever the sensor's encoding.
      frame.setEncoding(AudioEncoding.FLAC);
      frame.setSamples(ByteBuffer.wrap(FlacFrames.encode(samples, frame.getSampleRateHertz())));
    }
    return sensor.accept(frame);
  }

  @Override
  public void kept(short[] samples, long capturedAtMicros) {
    sensor.pass(samples, capturedAtMicros);
  }
}

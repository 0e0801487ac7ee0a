package io.tocsin.edge.mode;

import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Privacy;

/** Where what leaves the sensor goes. */
public interface Outbox {

  /** Learns of audio as it is captured, whatever becomes of it. */
  void captured(short[] samples);

  /** Takes a window's embedding; false if there is no room for it, which is counted. */
  boolean embedding(AudioEmbedding embedding);

  /**
   * Takes audio; false if there is no room for it, which is counted.
   *
   * @param privacy what was done to it
   * @param evidenceOnly whether embeddings of the same audio are sent
   */
  boolean audio(short[] samples, long capturedAtMicros, Privacy privacy, boolean evidenceOnly);

  /** Learns, in its turn, of audio of which no frame is sent. */
  void kept(short[] samples, long capturedAtMicros);
}

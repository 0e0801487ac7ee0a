package io.tocsin.edge.mode;

/** What leaves a sensor. */
public enum Mode {
  /** All of its audio. */
  FRAMES,
  /** The embedding of each window, and no audio. */
  EMBEDDINGS,
  /** The embedding of each window, and audio around what scores high at the sensor. */
  TRIGGERED
}

package io.tocsin.stack.classifier;

import java.util.List;

/**
 * A clip's windows, embedded as a stream would cut them.
 *
 * @param windows embeddings in order
 * @param levelsDbfs level of each window
 * @param whole how many of the windows, from the first, hold nothing but the clip: what follows is
 *     filled up with silence
 */
record EmbeddedClip(IndexedClip clip, List<float[]> windows, List<Double> levelsDbfs, int whole) {

  /** How far below the loudest window of a sound one may be that still holds it. */
  private static final double ACTIVE_DECIBELS = 25;

  private double loudest() {
    return levelsDbfs.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  /** Whether the sound is in a window, and not the silence around it. */
  boolean isActive(int window) {
    return levelsDbfs.get(window) >= loudest() - ACTIVE_DECIBELS;
  }
}

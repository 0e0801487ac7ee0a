package io.tocsin.stack.classifier;

import java.util.List;
import java.util.Set;

/**
 * A clip as a bundle heard it, streamed.
 *
 * @param windows raw scores of each window, in the order of the bundle's outputs
 * @param detected labels of which the stream made a detection
 */
record ScoredClip(IndexedClip clip, List<float[]> windows, Set<String> detected) {

  /** The highest score of any window; 0 for a clip without samples. */
  float best(int output) {
    float best = 0;
    for (float[] scores : windows) {
      best = Math.max(best, scores[output]);
    }
    return best;
  }
}

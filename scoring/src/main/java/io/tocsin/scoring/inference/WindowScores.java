package io.tocsin.scoring.inference;

import org.jspecify.annotations.Nullable;

/**
 * What the models say of one window.
 *
 * @param scores one raw score for each of the bundle's outputs, in the order of {@link
 *     io.tocsin.scoring.bundle.ModelBundle#outputs()}
 * @param secondScores the second bundle's raw scores, one for each of the FIRST bundle's labels in
 *     the order of {@link io.tocsin.scoring.bundle.ModelBundle#labels()}, NaN for a label that the
 *     second bundle does not know; null when it was not asked or could not answer
 */
public record WindowScores(float[] scores, float @Nullable [] secondScores) {

  /** Scores of one bundle alone. */
  public WindowScores(float[] scores) {
    this(scores, null);
  }
}

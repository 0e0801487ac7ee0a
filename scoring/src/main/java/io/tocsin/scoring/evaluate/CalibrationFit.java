package io.tocsin.scoring.evaluate;

import io.tocsin.scoring.bundle.LabelSpec.Calibration;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Isotonic;
import java.util.ArrayList;
import java.util.List;

/**
 * Fits a calibration to judged sounds. Both kinds take Platt's targets in place of 0 and 1: (P + 1)
 * / (P + 2) of P positives and 1 / (N + 2) of N negatives (Platt 1999, section 2.2), so that few
 * sounds never make a certainty. Probabilities hold for sounds of which as many are the label as
 * among those given.
 */
public enum CalibrationFit {

  /** A logistic curve of the score's log odds: two numbers, for few sounds. */
  PLATT {
    @Override
    Calibration fitted(List<Scored> sounds, Targets targets) {
      return PlattNewton.fit(sounds, targets);
    }
  },

  /** Any curve that never falls: for hundreds of sounds. */
  ISOTONIC {
    @Override
    Calibration fitted(List<Scored> sounds, Targets targets) {
      return isotonic(sounds, targets);
    }
  };

  abstract Calibration fitted(List<Scored> sounds, Targets targets);

  /**
   * The calibration that fits best.
   *
   * @throws IllegalArgumentException without a positive or without a negative, or where the score
   *     falls from negatives to positives
   */
  public Calibration fit(List<Scored> sounds) {
    long positives = Ranking.positives(sounds);
    long negatives = sounds.size() - positives;
    if (positives == 0 || negatives == 0) {
      throw new IllegalArgumentException(
          positives
              + " positives and "
              + negatives
              + " negatives give no calibration; one at least of each is wanted");
    }
    return fitted(sounds, new Targets((positives + 1.0) / (positives + 2), 1.0 / (negatives + 2)));
  }

  /** What a positive and a negative are fitted to. */
  record Targets(double positive, double negative) {

    double of(Scored sound) {
      return sound.positive() ? positive : negative;
    }
  }

  /** A stretch of scores with one probability. */
  private record Block(double low, double high, double sum, int weight) {

    double mean() {
      return sum / weight;
    }

    Block with(Block next) {
      return new Block(low, next.high, sum + next.sum, weight + next.weight);
    }
  }

  /** Pool adjacent violators (Ayer et al. 1955), equal scores pooled first. */
  private static Isotonic isotonic(List<Scored> sounds, Targets targets) {
    List<Scored> sorted = sounds.stream().sorted(Ranking.ASCENDING).toList();
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < sorted.size(); ) {
      int to = Ranking.endOfTie(sorted, from);
      double score = sorted.get(from).score();
      double sum = sorted.subList(from, to).stream().mapToDouble(targets::of).sum();
      Block block = new Block(score, score, sum, to - from);
      while (!blocks.isEmpty() && blocks.get(blocks.size() - 1).mean() >= block.mean()) {
        block = blocks.remove(blocks.size() - 1).with(block);
      }
      blocks.add(block);
      from = to;
    }
    List<Double> scores = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    for (Block block : blocks) {
      scores.add(block.low());
      probabilities.add(block.mean());
      if (block.high() > block.low()) {
        scores.add(block.high());
        probabilities.add(block.mean());
      }
    }
    return new Isotonic(scores, probabilities);
  }
}

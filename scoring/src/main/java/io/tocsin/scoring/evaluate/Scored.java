package io.tocsin.scoring.evaluate;

/**
 * One judged sound.
 *
 * @param score higher for what is more likely the label
 * @param positive whether it is the label
 * @param group what it shares with others, such as a recording's source; groups are independent of
 *     each other, members of one are not
 */
public record Scored(double score, boolean positive, String group) {

  public Scored {
    if (!Double.isFinite(score)) {
      throw new IllegalArgumentException("score is " + score + "; a number is wanted");
    }
  }
}

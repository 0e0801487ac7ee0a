package io.tocsin.stack.classifier;

import io.tocsin.scoring.evaluate.Confusion;
import io.tocsin.scoring.evaluate.GroupBootstrap;
import io.tocsin.scoring.evaluate.LabelMetrics;
import io.tocsin.scoring.evaluate.OperatingPoint;
import io.tocsin.scoring.evaluate.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One score of each clip for one label, with what each clip is.
 *
 * @param label what is judged
 * @param probability what the label's scores are calibrated to
 */
record Judged(String label, List<Clip> clips, DoubleUnaryOperator probability) {

  private static final int MOST_CONFUSIONS = 5;

  /**
   * A clip and its score.
   *
   * @param positive whether it is the label
   */
  record Clip(IndexedClip clip, double score, boolean positive) {

    Scored scored() {
      return new Scored(score, positive, clip.group());
    }
  }

  /** The best window's score of each clip. */
  static Judged of(
      String label,
      int output,
      List<ScoredClip> heard,
      LabelMap map,
      DoubleUnaryOperator probability) {
    List<Clip> clips = new ArrayList<>(heard.size());
    for (ScoredClip one : heard) {
      boolean positive = label.equals(map.labelOf(one.clip()));
      clips.add(new Clip(one.clip(), one.best(output), positive));
    }
    return new Judged(label, List.copyOf(clips), probability);
  }

  List<Scored> scored() {
    return clips.stream().map(Clip::scored).toList();
  }

  LabelMetrics metrics() {
    return LabelMetrics.of(scored(), probability, GroupBootstrap.USUAL);
  }

  /** What a threshold does to these clips. */
  OperatingPoint at(double threshold) {
    return OperatingPoint.at(scored(), threshold);
  }

  /** Other sounds that come nearest, by their labels in the index. */
  List<Confusion> confusions(@Nullable OperatingPoint point) {
    double threshold = point == null ? Double.POSITIVE_INFINITY : point.threshold();
    return Confusion.hardest(
        clips.stream()
            .filter(c -> !c.positive())
            .map(c -> new Confusion.Other(c.clip().label(), c.score()))
            .toList(),
        threshold,
        MOST_CONFUSIONS);
  }

  /** Only some of the positives, against all of the negatives. */
  Judged positivesOf(Predicate<IndexedClip> wanted) {
    return new Judged(
        label,
        clips.stream().filter(c -> !c.positive() || wanted.test(c.clip())).toList(),
        probability);
  }

  /** Only some of the clips. */
  Judged only(Predicate<IndexedClip> wanted) {
    return new Judged(
        label, clips.stream().filter(c -> wanted.test(c.clip())).toList(), probability);
  }
}

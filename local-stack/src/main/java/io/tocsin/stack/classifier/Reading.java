package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.LabelSpec.Calibration;
import io.tocsin.scoring.evaluate.CalibrationError;
import io.tocsin.scoring.evaluate.CalibrationFit;
import io.tocsin.scoring.evaluate.GroupFolds;
import io.tocsin.scoring.evaluate.OperatingPoint;
import io.tocsin.scoring.evaluate.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a label's scores are to be read, set anew from clips: the probability from the best window of
 * each clip, as a detection carries its best window's score; the threshold from all windows of
 * clips that are something else, since that is what a bundle states.
 *
 * @param kind of the calibration
 * @param falsePositiveRate share of such windows that may pass, by label; the empty name for all
 *     others
 */
record Reading(CalibrationFit kind, Map<String, Double> falsePositiveRate) {

  private static final int FOLDS = 5;
  private static final double ONE_PERCENT = 0.01;

  /** The rate that is wanted for a label. */
  double rate(String label) {
    return falsePositiveRate.getOrDefault(label, falsePositiveRate.getOrDefault("", ONE_PERCENT));
  }

  /**
   * The label's new reading. What the clips cannot tell stays as it was, and the report says why.
   *
   * @param judged the clips, read as {@code before} says
   * @param negativeWindows scores of all windows of clips that are something else
   */
  LabelSpec of(LabelSpec before, Judged judged, List<Scored> negativeWindows, ObjectNode report) {
    List<Scored> clips = judged.scored();
    Calibration calibration = before.calibration();
    report.put("n", clips.stream().filter(Scored::positive).count());
    report.put("negativeWindows", negativeWindows.size());
    report.put("calibration", "as it was");
    LabelNodes.put(report, "calibrationErrorBefore", error(clips, calibration));
    LabelNodes.put(report, "calibrationErrorCrossFitted", (Double) null);
    try {
      calibration = kind.fit(clips);
      report.put("calibration", kind.name().toLowerCase(Locale.ROOT));
      LabelNodes.put(report, "calibrationErrorCrossFitted", crossFitted(clips));
    } catch (IllegalArgumentException e) {
      report.put("reason", e.getMessage());
    }
    double rate = rate(before.name());
    boolean judgeable = !negativeWindows.isEmpty();
    float on =
        judgeable ? inside(OperatingPoint.threshold(negativeWindows, rate)) : before.onThreshold();
    float off =
        Math.min(on, Math.max(Float.MIN_VALUE, on * before.offThreshold() / before.onThreshold()));
    if (!judgeable) {
      report.put("reason", "no clip of anything else: the threshold stays as it was");
    }
    OperatingPoint then = judged.at(on);
    report.put("onThreshold", on).put("offThreshold", off).put("falsePositiveRate", rate);
    LabelNodes.put(report, "recallOfClips", then.recall());
    LabelNodes.put(report, "falsePositiveClips", then.falsePositiveRate());
    return new LabelSpec(
        before.name(),
        calibration,
        on,
        off,
        before.minimumWindows(),
        before.mergeWindows(),
        judgeable ? (Double) rate : before.falsePositiveRate());
  }

  private static float inside(double threshold) {
    return (float) Math.min(1, Math.max(Float.MIN_NORMAL, threshold));
  }

  private static @Nullable Double error(List<Scored> clips, Calibration calibration) {
    return CalibrationError.expected(clips.stream().map(c -> calibrated(c, calibration)).toList());
  }

  private static Scored calibrated(Scored clip, Calibration calibration) {
    return new Scored(calibration.probability(clip.score()), clip.positive(), clip.group());
  }

  /** The error on sources that the fit has not seen; null where a fold cannot be fitted. */
  private @Nullable Double crossFitted(List<Scored> clips) {
    List<Scored> calibrated = new ArrayList<>();
    try {
      Map<String, Integer> folds =
          GroupFolds.deal(
              clips.stream()
                  .map(c -> new GroupFolds.Member(c.group(), c.positive() ? "yes" : "no"))
                  .toList(),
              FOLDS);
      for (int fold = 0; fold < FOLDS; fold++) {
        int out = fold;
        Calibration fitted = kind.fit(clips.stream().filter(c -> at(folds, c) != out).toList());
        clips.stream()
            .filter(c -> at(folds, c) == out)
            .forEach(c -> calibrated.add(calibrated(c, fitted)));
      }
    } catch (IllegalArgumentException e) {
      return null;
    }
    return CalibrationError.expected(calibrated);
  }

  private static int at(Map<String, Integer> folds, Scored clip) {
    return folds.getOrDefault(clip.group(), 0);
  }

  /** All windows of clips that are something else. */
  static List<Scored> negativeWindows(
      String label, int output, List<ScoredClip> clips, LabelMap map) {
    List<Scored> windows = new ArrayList<>();
    for (ScoredClip clip : clips) {
      if (!label.equals(map.labelOf(clip.clip()))) {
        clip.windows().forEach(w -> windows.add(new Scored(w[output], false, clip.clip().group())));
      }
    }
    return windows;
  }
}

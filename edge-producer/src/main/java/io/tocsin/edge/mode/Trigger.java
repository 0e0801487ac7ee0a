package io.tocsin.edge.mode;

import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a label scores high at the sensor: from its on threshold on until it falls below its off
 * threshold, with audio before and behind.
 */
final class Trigger {

  private static final class Followed {

    private final int output;
    private final double on;
    private final double off;
    private boolean active;

    Followed(int output, double on, double off) {
      this.output = output;
      this.on = on;
      this.off = off;
    }

    boolean hears(float[] scores) {
      active = scores[output] >= (active ? off : on);
      return active;
    }
  }

  private final List<Followed> labels = new ArrayList<>();
  private final Spans spans = new Spans();
  private final long preRollMicros;
  private final long postRollMicros;

  /**
   * @param scores of labels at which each begins; where there are none, all labels of the bundle at
   *     their own
   * @throws IllegalArgumentException if a label is none of the bundle's outputs
   */
  Trigger(ModelBundle bundle, Map<String, Double> scores, Duration preRoll, Duration postRoll) {
    this.preRollMicros = preRoll.toNanos() / 1_000;
    this.postRollMicros = postRoll.toNanos() / 1_000;
    if (scores.isEmpty()) {
      for (LabelSpec label : bundle.labels()) {
        labels.add(
            new Followed(
                bundle.outputs().indexOf(label.name()), label.onThreshold(), label.offThreshold()));
      }
    }
    scores.forEach(
        (name, on) -> {
          int output = bundle.outputs().indexOf(name);
          if (output < 0) {
            throw new IllegalArgumentException(
                "--trigger names "
                    + name
                    + ", which is no output of bundle "
                    + bundle.ref()
                    + "; there is "
                    + bundle.outputs());
          }
          labels.add(new Followed(output, on, on * offShare(bundle, name)));
        });
  }

  /** A label falls as far below its threshold as in the bundle; an output of no label by half. */
  private static double offShare(ModelBundle bundle, String name) {
    return bundle.labels().stream()
        .filter(label -> label.name().equals(name))
        .mapToDouble(label -> label.offThreshold() / label.onThreshold())
        .findFirst()
        .orElse(0.5);
  }

  /** Takes the scores of the next window. */
  void hear(long startMicros, long endMicros, float[] scores) {
    boolean any = false;
    for (Followed label : labels) {
      any |= label.hears(scores);
    }
    if (any) {
      spans.add(startMicros - preRollMicros, endMicros + postRollMicros);
    }
  }

  boolean wants(long fromMicros, long untilMicros) {
    return spans.meet(fromMicros, untilMicros);
  }

  void forgetBefore(long micros) {
    spans.forgetBefore(micros);
  }
}

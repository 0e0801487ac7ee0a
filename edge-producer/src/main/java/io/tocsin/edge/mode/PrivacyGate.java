package io.tocsin.edge.mode;

import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where people speak, and where something sounds enough like distress that nothing may be kept in.
 *
 * <p>What no window tells anything of is taken for speech: a model that fails keeps audio in, not
 * out. So is all sound where the bundle has no output named speech. But a window in which any label
 * reaches its guard ({@link PrivacyGuard}) opens the gate for itself and some time around it,
 * whoever speaks there.
 */
final class PrivacyGate {

  private static final Logger LOG = LoggerFactory.getLogger(PrivacyGate.class);
  private static final String SPEECH = "speech";

  /** That somebody speaks, to the guard, where the bundle cannot tell. */
  private static final double EVEN_CHANCE = 0.5;

  private final int speechOutput;
  private final double speechThreshold;
  private final int[] guardOutputs;
  private final double[] offThresholds;
  private final PrivacyGuard guard;
  private final long reachMicros;
  private final Spans quiet = new Spans();
  private final Spans speech = new Spans();
  private final Spans open = new Spans();

  PrivacyGate(ModelBundle bundle, double speechThreshold, PrivacyGuard guard) {
    this.guard = guard;
    this.speechOutput = bundle.outputs().indexOf(SPEECH);
    this.speechThreshold = speechThreshold;
    this.guardOutputs =
        bundle.labels().stream().mapToInt(l -> bundle.outputs().indexOf(l.name())).toArray();
    this.offThresholds = bundle.labels().stream().mapToDouble(LabelSpec::offThreshold).toArray();
    this.reachMicros = guard.reach().toNanos() / 1_000;
    if (speechOutput < 0) {
      LOG.warn(
          "bundle {} has no output named {}: it cannot tell speech from other sound, so all audio"
              + " is kept in but what sounds like {}",
          bundle.ref(),
          SPEECH,
          bundle.labels().stream().map(LabelSpec::name).toList());
    }
  }

  /** Takes the scores of the next window. */
  void hear(long startMicros, long endMicros, float[] scores) {
    double share = guard.shareAt(speechOutput < 0 ? EVEN_CHANCE : scores[speechOutput]);
    for (int i = 0; i < offThresholds.length; i++) {
      if (scores[guardOutputs[i]] >= share * offThresholds[i]) {
        open.add(startMicros - reachMicros, endMicros + reachMicros);
        break;
      }
    }
    boolean speaks = speechOutput < 0 || scores[speechOutput] >= speechThreshold;
    (speaks ? speech : quiet).add(startMicros, endMicros);
  }

  /** Whether audio may leave as it is. */
  boolean lets(long fromMicros, long untilMicros) {
    return open.meet(fromMicros, untilMicros)
        || (quiet.meet(fromMicros, untilMicros) && !speech.meet(fromMicros, untilMicros));
  }

  void forgetBefore(long micros) {
    quiet.forgetBefore(micros);
    speech.forgetBefore(micros);
    open.forgetBefore(micros);
  }
}

package io.tocsin.edge.mode;

import java.time.Duration;

/**
 * What opens the privacy gate: a window in which a label reaches a share of its off threshold. The
 * share rises with the window's score of speech, because what sounds like somebody who talks is
 * taken for a cry more easily than what does not.
 *
 * @param share of the off threshold, where nobody speaks
 * @param shareInSpeech where the model is sure that somebody does; at most 1, so that no sound that
 *     is detected is kept in
 * @param reach how far the gate is open before and behind such a window
 */
public record PrivacyGuard(double share, double shareInSpeech, Duration reach) {

  /** Unless told otherwise; how it was chosen is in docs/SENSOR-MODES.md. */
  public static final PrivacyGuard DEFAULT = new PrivacyGuard(0.35, 1.0, Duration.ofMillis(500));

  /**
   * Refuses what cannot work.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public PrivacyGuard {
    ModeSettings.share("--guard-share", share);
    ModeSettings.share("--guard-share-in-speech", shareInSpeech);
    ModeSettings.roll("--guard-reach", reach);
  }

  /**
   * The share at a score of speech.
   *
   * @param speech 0 to 1
   */
  double shareAt(double speech) {
    return share + (shareInSpeech - share) * speech;
  }
}

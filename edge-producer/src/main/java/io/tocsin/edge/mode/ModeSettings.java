package io.tocsin.edge.mode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What leaves a sensor.
 *
 * @param bundle folder of the model bundle that listens at the sensor; empty where none does
 * @param triggers raw scores of labels at which {@link Mode#TRIGGERED} begins to send audio; where
 *     none is named, all labels of the bundle at its own thresholds
 * @param preRoll audio sent from before a window that triggers
 * @param postRoll audio sent from behind it
 * @param speechThreshold raw score of the output named speech from which on people speak
 * @param guard what opens the privacy gate whoever speaks
 */
public record ModeSettings(
    Mode mode,
    PrivacyPolicy privacy,
    Optional<Path> bundle,
    Map<String, Double> triggers,
    Duration preRoll,
    Duration postRoll,
    double speechThreshold,
    PrivacyGuard guard) {

  /** Audio from before a trigger, unless told otherwise. */
  public static final Duration PRE_ROLL = Duration.ofSeconds(3);

  /** Audio from behind a trigger, unless told otherwise. */
  public static final Duration POST_ROLL = Duration.ofSeconds(5);

  /** Score from which on people speak, unless told otherwise. */
  public static final double SPEECH_THRESHOLD = 0.3;

  private static final Duration LONGEST_ROLL = Duration.ofSeconds(60);

  /**
   * Refuses what cannot work.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public ModeSettings {
    triggers = Map.copyOf(triggers);
    triggers.forEach((label, score) -> share("--trigger " + label, score));
    share("--speech-threshold", speechThreshold);
    roll("--pre-roll", preRoll);
    roll("--post-roll", postRoll);
    if (bundle.isEmpty() && needsModel(mode, privacy)) {
      throw new IllegalArgumentException(
          "--bundle is missing; --mode="
              + mode
              + " with --privacy="
              + privacy
              + " listens at the sensor: name the bundle that the server scores with");
    }
  }

  static void share(String name, double value) {
    // Written so that NaN fails.
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " is " + value + "; above 0, at most 1");
    }
  }

  static void roll(String name, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST_ROLL) > 0) {
      throw new IllegalArgumentException(name + " is " + value + "; 0s to 60s");
    }
  }

  /** All audio, as it is. */
  public static ModeSettings frames() {
    return of(Mode.FRAMES, PrivacyPolicy.NONE, Optional.empty());
  }

  /** The rest as it is unless told otherwise. */
  public static ModeSettings of(Mode mode, PrivacyPolicy privacy, Optional<Path> bundle) {
    return new ModeSettings(
        mode,
        privacy,
        bundle,
        Map.of(),
        PRE_ROLL,
        POST_ROLL,
        SPEECH_THRESHOLD,
        PrivacyGuard.DEFAULT);
  }

  /** Whether a model listens at the sensor. */
  public boolean needsModel() {
    return needsModel(mode, privacy);
  }

  private static boolean needsModel(Mode mode, PrivacyPolicy privacy) {
    return mode != Mode.FRAMES || privacy != PrivacyPolicy.NONE;
  }

  /** Whether each window's embedding is sent. */
  boolean sendsEmbeddings() {
    return mode != Mode.FRAMES;
  }

  /** Whether any audio may leave. */
  boolean sendsAudio() {
    return mode != Mode.EMBEDDINGS;
  }
}

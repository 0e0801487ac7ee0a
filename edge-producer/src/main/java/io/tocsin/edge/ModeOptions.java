package io.tocsin.edge;

import io.tocsin.edge.mode.Mode;
import io.tocsin.edge.mode.ModeSettings;
import io.tocsin.edge.mode.PrivacyGuard;
import io.tocsin.edge.mode.PrivacyPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What leaves the sensor. */
final class ModeOptions {

  /** Levels over shorter frames than this would let speech through a blur. */
  private static final int SHORTEST_BLURRED_MILLIS = 500;

  @Option(
      names = "--mode",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:TOCSIN_MODE:-FRAMES}",
      description =
          "${COMPLETION-CANDIDATES}: all audio; the embedding of each window and no audio; these,"
              + " and audio around what scores high here. TOCSIN_MODE; default FRAMES.")
  private Mode mode = Mode.FRAMES;

  @Option(
      names = "--privacy",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:TOCSIN_PRIVACY:-NONE}",
      description =
          "${COMPLETION-CANDIDATES}: what becomes of audio in which people speak and no distress is"
              + " heard. TOCSIN_PRIVACY; default NONE.")
  private PrivacyPolicy privacy = PrivacyPolicy.NONE;

  @Option(
      names = "--bundle",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      defaultValue = "${env:TOCSIN_BUNDLE}",
      description =
          "Model bundle that listens here; the server's, or one on the same backbone. Needed by"
              + " every mode but FRAMES, and by --privacy. TOCSIN_BUNDLE.")
  private @Nullable Path bundle;

  @Option(
      names = "--trigger",
      scope = ScopeType.INHERIT,
      paramLabel = "LABEL=SCORE",
      description =
          "Raw score at which a label triggers; may be repeated. All labels of the bundle at its"
              + " own thresholds where none is given.")
  private Map<String, Double> triggers = new LinkedHashMap<>();

  @Option(
      names = "--pre-roll",
      scope = ScopeType.INHERIT,
      description = "Audio before a trigger, 0s to 60s; default ${DEFAULT-VALUE}.")
  private String preRoll = "3s";

  @Option(
      names = "--post-roll",
      scope = ScopeType.INHERIT,
      description = "Audio behind a trigger, 0s to 60s; default ${DEFAULT-VALUE}.")
  private String postRoll = "5s";

  @Option(
      names = "--speech-threshold",
      scope = ScopeType.INHERIT,
      description =
          "Raw score of the bundle's output speech from which on people speak; default"
              + " ${DEFAULT-VALUE}.")
  private double speechThreshold = ModeSettings.SPEECH_THRESHOLD;

  @Option(
      names = "--guard-share",
      scope = ScopeType.INHERIT,
      description =
          "Share of a label's off threshold from which on audio is let out, where nobody speaks;"
              + " default ${DEFAULT-VALUE}.")
  private double guardShare = PrivacyGuard.DEFAULT.share();

  @Option(
      names = "--guard-share-in-speech",
      scope = ScopeType.INHERIT,
      description =
          "The same where somebody speaks for certain; between, it rises with the score of speech."
              + " Default ${DEFAULT-VALUE}.")
  private double guardShareInSpeech = PrivacyGuard.DEFAULT.shareInSpeech();

  @Option(
      names = "--guard-reach",
      scope = ScopeType.INHERIT,
      description = "So far before and behind it too, 0s to 60s; default ${DEFAULT-VALUE}.")
  private String guardReach = "500ms";

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  ModeSettings settings(AudioOptions audio) {
    if (privacy == PrivacyPolicy.BLUR && audio.frameMillis() < SHORTEST_BLURRED_MILLIS) {
      throw new IllegalArgumentException(
          "--frame-millis is "
              + audio.frameMillis()
              + "; with --privacy=BLUR at least "
              + SHORTEST_BLURRED_MILLIS
              + ", or words could be made out");
    }
    return new ModeSettings(
        mode,
        privacy,
        Optional.ofNullable(bundle),
        triggers,
        duration("--pre-roll", preRoll),
        duration("--post-roll", postRoll),
        speechThreshold,
        new PrivacyGuard(guardShare, guardShareInSpeech, duration("--guard-reach", guardReach)));
  }

  private static Duration duration(String option, String text) {
    try {
      return Quantities.duration(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}

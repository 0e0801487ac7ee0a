package io.tocsin.edge;

import io.tocsin.edge.source.StandardInput;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What sound comes in and what frames go out. */
final class AudioOptions {

  /** How fast files are played. */
  enum Pace {
    REALTIME,
    MAX
  }

  @Option(
      names = "--rate",
      scope = ScopeType.INHERIT,
      description = "Sample rate to publish, Hz; default ${DEFAULT-VALUE}.")
  private int rate = 16_000;

  @Option(
      names = "--input-rate",
      scope = ScopeType.INHERIT,
      description = "Of raw PCM, Hz; default ${DEFAULT-VALUE}.")
  private int inputRate = 16_000;

  @Option(
      names = "--input-channels",
      scope = ScopeType.INHERIT,
      description = "Of raw PCM; default ${DEFAULT-VALUE}.")
  private int inputChannels = 1;

  @Option(
      names = "--frame-millis",
      scope = ScopeType.INHERIT,
      description = "Length of a frame, 100 to 10000; default ${DEFAULT-VALUE}.")
  private int frameMillis = 1_000;

  @Option(
      names = "--encoding",
      scope = ScopeType.INHERIT,
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private AudioEncoding encoding = AudioEncoding.PCM_S16LE;

  @Option(names = "--pace", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Pace pace = Pace.REALTIME;

  @Option(names = "--start", description = "Capture time of the first sample, ISO-8601; now.")
  private @Nullable Instant start;

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  void validate() {
    if (frameMillis < 100 || frameMillis > 10_000) {
      throw new IllegalArgumentException("--frame-millis is " + frameMillis + "; 100 to 10000");
    }
    if (encoding == AudioEncoding.UNKNOWN) {
      throw new IllegalArgumentException("--encoding is UNKNOWN; PCM_S16LE or FLAC");
    }
  }

  int rate() {
    return rate;
  }

  int inputRate() {
    return inputRate;
  }

  int inputChannels() {
    return inputChannels;
  }

  int frameMillis() {
    return frameMillis;
  }

  int frameSamples() {
    return (int) ((long) rate * frameMillis / 1_000);
  }

  AudioEncoding encoding() {
    return encoding;
  }

  /**
   * Raw PCM on standard input.
   *
   * @param clock that dates its beginning
   * @param longestSilence beyond which it counts as stalled
   */
  StandardInput.Settings piped(Clock clock, Duration longestSilence) {
    return new StandardInput.Settings(
        inputRate * inputChannels * Short.BYTES, clock, startsNow(), longestSilence);
  }

  Pace pace() {
    return pace;
  }

  /** Whether the first sample is captured when it comes. */
  boolean startsNow() {
    return start == null;
  }

  Instant start() {
    return start == null ? Instant.now() : start;
  }
}

package io.tocsin.stack.bench.modes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the modes cost.
 *
 * @param seconds of audio over which each mode was measured, after a warm-up
 * @param bundle that listened at the sensors
 * @param jvm options of the sensors' JVMs
 * @param compression of Kafka's producer
 * @param modes all at once, each a process that hears the same recordings in real time
 * @param starts one after the other
 * @param oneCore sensors in frames mode, each a process, together on one core
 * @param privacy what the gate withholds of recordings
 */
record EdgeModesReport(
    double seconds,
    String bundle,
    String jvm,
    String compression,
    List<ModeCost> modes,
    List<Start> starts,
    OneCore oneCore,
    List<GateTrial> privacy) {

  /**
   * A mode's cost.
   *
   * @param bytesPerSecond to Kafka, with all headers, by its producer's own count
   * @param cpuShare processor time by audio time
   * @param residentMebibytes at the end
   * @param audioSecondsSent as they were, by audio time
   * @param audioSecondsBlurred by audio time
   * @param audioSecondsWithheld by audio time, marked as such
   */
  record ModeCost(
      String mode,
      double bytesPerSecond,
      double cpuShare,
      double residentMebibytes,
      double audioSecondsSent,
      double audioSecondsBlurred,
      double audioSecondsWithheld) {

    /** Streams that a core carries by processor time alone. */
    double streamsPerCore() {
      return 1 / cpuShare;
    }
  }

  /**
   * A start.
   *
   * @param firstSampleSeconds from the start of the process to the first sample it takes
   * @param firstFrameSeconds to when the first frame, a second long, is sent
   */
  record Start(String mode, double firstSampleSeconds, double firstFrameSeconds) {}

  /**
   * Sensors on one core.
   *
   * @param cpuShare of that core, of all together
   * @param kept whether Kafka took every frame of each
   */
  record OneCore(int streams, String mode, double cpuShare, boolean kept) {}

  /** A gate on recordings of one kind. */
  record GateTrial(
      String bundle, String guard, String sound, String background, PrivacyTrial.Outcome outcome) {}

  /** The report as tables for people. */
  String table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| mode | B/s a stream | CPU of one core | streams a core | resident MiB | audio sent |"
            + " blurred | withheld |");
    lines.add("|---|---|---|---|---|---|---|---|");
    for (ModeCost m : modes) {
      lines.add(
          line(
              "| %s | %,.0f | %.2f %% | %.0f | %.0f | %.0f %% | %.0f %% | %.0f %% |",
              m.mode(),
              m.bytesPerSecond(),
              100 * m.cpuShare(),
              m.streamsPerCore(),
              m.residentMebibytes(),
              100 * m.audioSecondsSent(),
              100 * m.audioSecondsBlurred(),
              100 * m.audioSecondsWithheld()));
    }
    lines.add(
        line("over %.0f s, bundle %s, JVM %s, compression %s", seconds, bundle, jvm, compression));
    for (Start s : starts) {
      lines.add(
          line(
              "%s: first sample %.2f s after the start of the process, first frame sent after %.2f"
                  + " s",
              s.mode(), s.firstSampleSeconds(), s.firstFrameSeconds()));
    }
    lines.add(
        line(
            "%d streams in mode %s on one core: %.0f %% of it, %s",
            oneCore.streams(),
            oneCore.mode(),
            100 * oneCore.cpuShare(),
            oneCore.kept() ? "every frame in Kafka" : "NOT every frame in Kafka"));
    if (!privacy.isEmpty()) {
      lines.add("| bundle | guard | sound | in | recordings | seconds withheld | touched | gone |");
      lines.add("|---|---|---|---|---|---|---|---|");
    }
    for (GateTrial g : privacy) {
      lines.add(
          line(
              "| %s | %s | %s | %s | %d | %.1f %% | %.1f %% | %.1f %% |",
              g.bundle(),
              g.guard(),
              g.sound(),
              g.background(),
              g.outcome().recordings(),
              100 * g.outcome().withheldShare(),
              100 * g.outcome().touchedShare(),
              100 * g.outcome().goneShare()));
    }
    return String.join("\n", lines);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** What each mode is called with. */
  static Map<String, List<String>> options(String bundle) {
    String model = "--bundle=" + bundle;
    Map<String, List<String>> options = new java.util.LinkedHashMap<>();
    options.put("frames, PCM", List.of("--mode=frames", "--encoding=PCM_S16LE"));
    options.put("frames, FLAC", List.of("--mode=frames", "--encoding=FLAC"));
    options.put(
        "frames, FLAC, speech withheld",
        List.of("--mode=frames", "--encoding=FLAC", "--privacy=withhold", model));
    options.put(
        "frames, FLAC, speech blurred",
        List.of("--mode=frames", "--encoding=FLAC", "--privacy=blur", model));
    options.put("embeddings", List.of("--mode=embeddings", model));
    options.put("triggered, FLAC", List.of("--mode=triggered", "--encoding=FLAC", model));
    return options;
  }
}

package io.tocsin.edge;

import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.spool.DrainOrder;
import io.tocsin.edge.spool.SpoolSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Where frames are kept until Kafka has them, and how they get there. */
final class SpoolOptions {

  @Option(
      names = "--spool",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description =
          "Folder for frames that Kafka has not taken yet; by default one of the sensor's own"
              + " below $STATE_DIRECTORY, $XDG_STATE_HOME/tocsin or ~/.local/state/tocsin.")
  private @Nullable Path folder;

  @Option(
      names = "--spool-max-size",
      scope = ScopeType.INHERIT,
      description = "Such as 512MiB; default ${DEFAULT-VALUE}.")
  private String maximumSize = "2GiB";

  @Option(
      names = "--spool-max-age",
      scope = ScopeType.INHERIT,
      description = "Such as 36h; default ${DEFAULT-VALUE}.")
  private String maximumAge = "7d";

  @Option(
      names = "--spool-segment-size",
      scope = ScopeType.INHERIT,
      description = "Of its files; default ${DEFAULT-VALUE}.")
  private String segmentSize = "16MiB";

  @Option(
      names = "--spool-full",
      scope = ScopeType.INHERIT,
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private SpoolSettings.WhenFull whenFull = SpoolSettings.WhenFull.DROP_OLDEST;

  @Option(
      names = "--spool-flush-records",
      scope = ScopeType.INHERIT,
      description =
          "A power cut takes fewer frames than this, or --spool-flush-every's; default"
              + " ${DEFAULT-VALUE}.")
  private int flushRecords = 64;

  @Option(
      names = "--spool-flush-every",
      scope = ScopeType.INHERIT,
      description = "Such as 500ms; default ${DEFAULT-VALUE}.")
  private String flushEvery = "500ms";

  @Option(
      names = "--drain-order",
      scope = ScopeType.INHERIT,
      description =
          "Of stored frames: ${COMPLETION-CANDIDATES} (by spool segments); default"
              + " ${DEFAULT-VALUE}.")
  private DrainOrder order = DrainOrder.OLDEST_FIRST;

  @Option(
      names = "--drain-rate",
      scope = ScopeType.INHERIT,
      description = "Of stored frames beside live ones, a second; default ${DEFAULT-VALUE}.")
  private String drainRate = "1MiB";

  @Option(
      names = "--readmit-refused",
      description = "First move frames that Kafka refused back into the spool.")
  private boolean readmit;

  boolean readmit() {
    return readmit;
  }

  /**
   * @param environment such as the process's
   * @throws IllegalArgumentException naming what is wrong
   */
  ForwardSettings settings(String sensorId, Map<String, String> environment) {
    Path where = folder == null ? folderOf(sensorId, environment) : folder;
    return new ForwardSettings(
        new SpoolSettings(
            where.toAbsolutePath(),
            size("--spool-segment-size", segmentSize),
            size("--spool-max-size", maximumSize),
            option("--spool-max-age", () -> Quantities.duration(maximumAge)),
            whenFull,
            flushRecords,
            option("--spool-flush-every", () -> Quantities.duration(flushEvery))),
        order,
        size("--drain-rate", drainRate),
        ForwardSettings.REFUSED_BYTES,
        true);
  }

  private static Path folderOf(String sensorId, Map<String, String> environment) {
    String name = "spool-" + URLEncoder.encode(sensorId, StandardCharsets.UTF_8);
    String systemd = environment.get("STATE_DIRECTORY");
    if (systemd != null && !systemd.isBlank()) {
      return Path.of(systemd, name);
    }
    String state = environment.get("XDG_STATE_HOME");
    return state != null && !state.isBlank()
        ? Path.of(state, "tocsin", name)
        : Path.of(System.getProperty("user.home"), ".local", "state", "tocsin", name);
  }

  private static long size(String option, String text) {
    return option(option, () -> Quantities.bytes(text));
  }

  private static <T> T option(String option, java.util.function.Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}

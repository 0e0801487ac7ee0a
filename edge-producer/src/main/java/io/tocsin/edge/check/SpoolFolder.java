package io.tocsin.edge.check;

import io.tocsin.edge.spool.DrainOrder;
import io.tocsin.edge.spool.Spool;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.edge.spool.SpoolStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks at the folder of a spool. */
public final class SpoolFolder {

  private static final String THING = "spool";
  private static final double MEBIBYTE = 1 << 20;

  private SpoolFolder() {}

  /**
   * What is to be said of it.
   *
   * @param bytesPerSecond that the sensor captures
   */
  public static List<Finding> findings(SpoolSettings settings, long bytesPerSecond) {
    List<Finding> findings = new ArrayList<>();
    long held;
    try (Spool spool = Spool.open(settings)) {
      while (spool.recoverNext(DrainOrder.OLDEST_FIRST)) {
        // To count what it holds.
      }
      SpoolStatus status = spool.status();
      held = status.bytes();
      findings.add(
          Finding.fine(
              THING,
              String.format(
                  Locale.ROOT,
                  "%s can be written; %d frames wait, %.0f MiB",
                  settings.folder(),
                  status.depth(),
                  held / MEBIBYTE)));
      if (status.lost() > 0) {
        findings.add(Finding.doubtful(THING, "has lost frames so far: " + status.losses()));
      }
    } catch (IOException e) {
      return List.of(Finding.wrong(THING, String.valueOf(e.getMessage())));
    }
    findings.add(room(settings, held, bytesPerSecond));
    return findings;
  }

  private static Finding room(SpoolSettings settings, long held, long bytesPerSecond) {
    long free;
    try {
      free = Files.getFileStore(settings.folder()).getUsableSpace();
    } catch (IOException e) {
      return Finding.doubtful(THING, "its free room is not known: " + e.getMessage());
    }
    long wanted = settings.maximumBytes() - held;
    Duration lasts = Duration.ofSeconds(Math.min(wanted, free) / Math.max(1, bytesPerSecond));
    String outage =
        String.format(Locale.ROOT, "an outage of %.1f hours fits", lasts.toMinutes() / 60.0);
    return free < wanted
        ? Finding.doubtful(
            THING,
            String.format(
                Locale.ROOT,
                "may grow by %.0f MiB, but only %.0f MiB are free (%s); lower --spool-max-size or"
                    + " make room",
                wanted / MEBIBYTE,
                free / MEBIBYTE,
                outage))
        : Finding.fine(THING, outage);
  }
}

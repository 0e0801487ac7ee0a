package io.tocsin.edge.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What sets the system's clock, as chrony or timedatectl tell it.
 *
 * @param errorMicros largest error that chrony believes possible; negative if unknown
 * @param told by what and which words
 */
public record ClockDiscipline(boolean synchronised, long errorMicros, String told) {

  private static final String THING = "clock";
  private static final double MICROS_PER_SECOND = 1e6;
  private static final int TRACKING_FIELDS = 14;
  private static final int OFFSET = 4;
  private static final int ROOT_DELAY = 10;
  private static final int ROOT_DISPERSION = 11;
  private static final int LEAP = 13;
  private static final long LONGEST_SECONDS = 5;

  /** Asks chrony, then timedatectl; empty where there is neither. */
  public static Optional<ClockDiscipline> read() throws InterruptedException {
    Optional<ClockDiscipline> chrony =
        output(List.of("chronyc", "-c", "tracking")).flatMap(ClockDiscipline::ofChrony);
    return chrony.isPresent()
        ? chrony
        : output(List.of("timedatectl", "show", "-p", "NTPSynchronized", "--value"))
            .flatMap(ClockDiscipline::ofTimedatectl);
  }

  /**
   * From {@code chronyc -c tracking}. The error is bounded by |offset| + root dispersion + half the
   * root delay (chronyc(1), tracking).
   */
  static Optional<ClockDiscipline> ofChrony(String line) {
    String[] fields = line.strip().split(",", -1);
    if (fields.length < TRACKING_FIELDS) {
      return Optional.empty();
    }
    try {
      double seconds =
          Math.abs(Double.parseDouble(fields[OFFSET]))
              + Double.parseDouble(fields[ROOT_DISPERSION])
              + Double.parseDouble(fields[ROOT_DELAY]) / 2;
      boolean synchronised = !fields[LEAP].toLowerCase(Locale.ROOT).contains("not sync");
      return Optional.of(
          new ClockDiscipline(
              synchronised,
              Math.round(seconds * MICROS_PER_SECOND),
              "chrony, reference " + fields[1]));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** From {@code timedatectl show -p NTPSynchronized --value}. */
  static Optional<ClockDiscipline> ofTimedatectl(String line) {
    return switch (line.strip()) {
      case "yes" -> Optional.of(new ClockDiscipline(true, -1, "timedatectl"));
      case "no" -> Optional.of(new ClockDiscipline(false, -1, "timedatectl"));
      default -> Optional.empty();
    };
  }

  /**
   * What is to be said of it.
   *
   * @param claimsDiscipline whether the sensor's frames will say that something sets the clock
   * @param claimedMicros the uncertainty that they will state, one standard deviation
   */
  public Finding finding(boolean claimsDiscipline, long claimedMicros) {
    if (!synchronised) {
      return claimsDiscipline
          ? Finding.wrong(
              THING,
              "is not set by anything ("
                  + told
                  + "), yet frames would say so; start chrony, or"
                  + " say --clock=FREE")
          : Finding.doubtful(THING, "runs free (" + told + "); its sounds cannot be located");
    }
    if (errorMicros > 3 * claimedMicros) {
      return Finding.doubtful(
          THING,
          "is set ("
              + told
              + ") but may be off by "
              + errorMicros
              + " us, more than three times"
              + " what frames would state; say --clock-uncertainty-micros="
              + errorMicros / 3);
    }
    return Finding.fine(
        THING,
        "is set ("
            + told
            + ")"
            + (errorMicros < 0 ? "" : ", off by " + errorMicros + " us at most"));
  }

  /** For a machine that has neither program. */
  public static Finding unknown() {
    return Finding.doubtful(
        THING, "nobody can be asked: neither chrony nor timedatectl answers; install chrony");
  }

  private static Optional<String> output(List<String> command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      // It is not installed.
      return Optional.empty();
    }
  }
}

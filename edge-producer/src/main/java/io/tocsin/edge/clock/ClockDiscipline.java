package io.tocsin.edge.clock;

import io.tocsin.edge.check.Finding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What sets the system's clock, as chrony or timedatectl tell it.
 *
 * @param errorMicros largest error that chrony believes possible; negative if unknown
 * @param told by what and which words
 */
public record ClockDiscipline(boolean synchronised, long errorMicros, String told) {

  /**
   * One standard deviation where something sets the clock but does not tell how well: SNTP over the
   * internet keeps to some tens of milliseconds.
   */
  static final long UNTOLD_MICROS = 50_000;

  /** One standard deviation where nothing sets the clock, or nobody can be asked. */
  static final long FREE_MICROS = 1_000_000;

  /** What nothing sets. */
  public static final Clock FREE = clock(ClockSource.FREE, FREE_MICROS);

  private static final String THING = "clock";
  private static final String CHRONY = "chrony, reference ";
  private static final Pattern SATELLITES = Pattern.compile("(GPS|PPS|NMEA|GNSS|SHM).*");
  private static final Pattern PRECISION_TIME = Pattern.compile("(PHC|PTP).*");
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
              synchronised, Math.round(seconds * MICROS_PER_SECOND), CHRONY + fields[1]));
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
   * As frames state it. The largest error that chrony believes possible counts as three standard
   * deviations.
   */
  public Clock clock() {
    if (!synchronised) {
      return FREE;
    }
    String reference = told.startsWith(CHRONY) ? told.substring(CHRONY.length()) : "";
    ClockSource source = ClockSource.NTP;
    if (SATELLITES.matcher(reference).matches()) {
      source = ClockSource.GPS;
    } else if (PRECISION_TIME.matcher(reference).matches()) {
      source = ClockSource.PTP;
    }
    return clock(source, errorMicros < 0 ? UNTOLD_MICROS : Math.max(1, errorMicros / 3));
  }

  private static Clock clock(ClockSource source, long uncertaintyMicros) {
    return Clock.newBuilder().setSource(source).setUncertaintyMicros(uncertaintyMicros).build();
  }

  /** What is to be said of it where frames state what is read. */
  public Finding finding() {
    return synchronised
        ? Finding.fine(
            THING,
            "is set (%s)%s; frames state %s, %d us"
                .formatted(
                    told,
                    errorMicros < 0 ? "" : ", off by " + errorMicros + " us at most",
                    clock().getSource(),
                    clock().getUncertaintyMicros()))
        : Finding.doubtful(
            THING, "runs free (%s): its sounds cannot be located; start chrony".formatted(told));
  }

  /**
   * What is to be said of it where frames state something else.
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

package io.tocsin.edge;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as people write them. */
final class Quantities {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})\\s*([a-zA-Z]*)");

  private static final Map<String, Long> BYTES =
      Map.of(
          "",
          1L,
          "b",
          1L,
          "kb",
          1_000L,
          "mb",
          1_000_000L,
          "gb",
          1_000_000_000L,
          "tb",
          1_000_000_000_000L,
          "kib",
          1L << 10,
          "mib",
          1L << 20,
          "gib",
          1L << 30,
          "tib",
          1L << 40);

  private static final Map<String, Duration> TIMES =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private Quantities() {}

  /**
   * Bytes from such as {@code 512MiB}, {@code 2GB} or {@code 1048576}.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static long bytes(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    Long unit = matcher.matches() ? BYTES.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no size; such as 512MiB or 2GB (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)");
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is more bytes than can be counted", e);
    }
  }

  /**
   * A duration from such as {@code 7d}, {@code 500ms} or ISO-8601's {@code PT36H}.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static Duration duration(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    Duration unit = matcher.matches() ? TIMES.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    try {
      return unit == null
          ? Duration.parse(text.strip())
          : unit.multipliedBy(Long.parseLong(matcher.group(1)));
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration; such as 500ms, 30s, 12h or 7d, or ISO-8601's PT36H", e);
    }
  }
}

package io.tocsin.edge.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;

/** When a file's first sample was captured. */
public sealed interface FileTimes {

  /**
   * The instant of the first sample.
   *
   * @param bytes of the file
   * @param modified when it was last written to
   * @param seconds that it lasts
   * @throws IOException if the file does not tell, saying what it should
   */
  Instant captured(Path file, byte[] bytes, Instant modified, double seconds) throws IOException;

  /** What dates the samples then. */
  ClockKind kind();

  /** Such as SITE_20260131_123000.wav, in a zone unless the pattern holds one. */
  record ByName(DateTimeFormatter pattern, ZoneId zone) implements FileTimes {

    @Override
    public Instant captured(Path file, byte[] bytes, Instant modified, double seconds)
        throws IOException {
      String name = file.getFileName().toString();
      for (int at = 0; at < name.length(); at++) {
        if (at > 0 && Character.isDigit(name.charAt(at - 1))) {
          continue;
        }
        try {
          TemporalAccessor read = pattern.parse(name, new ParsePosition(at));
          return read.isSupported(ChronoField.INSTANT_SECONDS)
              ? Instant.from(read)
              : LocalDateTime.from(read).atZone(zone).toInstant();
        } catch (DateTimeException e) {
          // It may stand further behind.
        }
      }
      throw new IOException(file + ": its name holds no time of the pattern (--watch-pattern)");
    }

    @Override
    public ClockKind kind() {
      return ClockKind.FILE_NAME;
    }
  }

  /** The bext chunk of a Broadcast WAV (EBU Tech 3285), whose time is in a zone. */
  record ByMetadata(ZoneId zone) implements FileTimes {

    private static final int DATE_AT = 256 + 32 + 32;
    private static final int TIME_AT = DATE_AT + 10;
    private static final int REFERENCE_AT = TIME_AT + 8;

    @Override
    public Instant captured(Path file, byte[] bytes, Instant modified, double seconds)
        throws IOException {
      ByteBuffer wav = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int rate = 0;
      int found = -1;
      for (int at = 12; at + 8 <= bytes.length; ) {
        String name = new String(bytes, at, 4, StandardCharsets.US_ASCII);
        long length = Integer.toUnsignedLong(wav.getInt(at + 4));
        if (name.equals("fmt ") && at + 16 <= bytes.length) {
          rate = wav.getInt(at + 12);
        } else if (name.equals("bext") && at + 8 + REFERENCE_AT + 8 <= bytes.length) {
          found = at + 8;
        }
        at = (int) Math.min(bytes.length, at + 8 + length + length % 2);
      }
      if (found < 0 || rate <= 0) {
        throw new IOException(
            file + " has no bext chunk that tells its time; say --watch-time NAME or MODIFIED");
      }
      return told(file, wav, found, rate);
    }

    private Instant told(Path file, ByteBuffer wav, int bext, int rate) throws IOException {
      try {
        LocalDate day = LocalDate.parse(text(wav, bext + DATE_AT, 10).replaceAll("[^0-9]", "-"));
        long samples = wav.getLong(bext + REFERENCE_AT);
        LocalDateTime at =
            samples > 0
                ? day.atStartOfDay().plus(Math.round(samples * 1e6 / rate), ChronoUnit.MICROS)
                : day.atTime(
                    LocalTime.parse(text(wav, bext + TIME_AT, 8).replaceAll("[^0-9]", ":")));
        return at.atZone(zone).toInstant();
      } catch (DateTimeException e) {
        throw new IOException(file + ": its bext chunk tells no time: " + e.getMessage(), e);
      }
    }

    private static String text(ByteBuffer wav, int at, int length) {
      byte[] text = new byte[length];
      wav.get(at, text);
      return new String(text, StandardCharsets.US_ASCII);
    }

    @Override
    public ClockKind kind() {
      return ClockKind.FILE_METADATA;
    }
  }

  /** When it was last written to, less its length. */
  record ByModified() implements FileTimes {

    @Override
    public Instant captured(Path file, byte[] bytes, Instant modified, double seconds) {
      return modified.minus(Math.round(seconds * 1e6), ChronoUnit.MICROS);
    }

    @Override
    public ClockKind kind() {
      return ClockKind.FILE_MODIFIED;
    }
  }

  /** By name, in UTC. */
  static FileTimes byName(String pattern) {
    return new ByName(DateTimeFormatter.ofPattern(pattern, java.util.Locale.ROOT), ZoneOffset.UTC);
  }
}

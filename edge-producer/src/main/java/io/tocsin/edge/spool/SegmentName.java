package io.tocsin.edge.spool;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A segment's name, which is part of every checksum in it: bytes of another file, even of one with
 * the same number before, are never taken for its own.
 *
 * @param number rises with age
 * @param salt differs between segments that had the same number
 */
record SegmentName(long number, int salt) implements Comparable<SegmentName> {

  private static final Pattern FILE = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{8})\\.(seg|ack)");

  String records() {
    return stem() + ".seg";
  }

  String acknowledgements() {
    return stem() + ".ack";
  }

  private String stem() {
    return "%016x-%08x".formatted(number, salt);
  }

  /** The segment that a file belongs to. */
  static Optional<SegmentName> ofFile(String file) {
    Matcher matcher = FILE.matcher(file);
    return matcher.matches()
        ? Optional.of(
            new SegmentName(
                Long.parseUnsignedLong(matcher.group(1), 16),
                Integer.parseUnsignedInt(matcher.group(2), 16)))
        : Optional.empty();
  }

  @Override
  public int compareTo(SegmentName other) {
    int byNumber = Long.compare(number, other.number);
    return byNumber != 0 ? byNumber : Integer.compare(salt, other.salt);
  }
}

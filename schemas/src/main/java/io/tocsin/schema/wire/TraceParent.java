package io.tocsin.schema.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} of W3C Trace Context: which trace a record belongs to, and what in it the
 * record comes of. A header that is missing or malformed is none.
 *
 * @param traceIdHigh first half of the trace's id, big-endian; not both halves are 0
 * @param traceIdLow second half
 * @param parentId of the span that the record comes of; never 0
 * @param flags 8 bits; the lowest says that the trace is sampled
 */
public record TraceParent(long traceIdHigh, long traceIdLow, long parentId, int flags) {

  /** The header's name. */
  public static final String HEADER = "traceparent";

  private static final String VERSION = "00-";

  /** 00-TRACEID-PARENTID-FLAGS; later versions may have more behind it, after another hyphen. */
  private static final int LENGTH = 55;

  private static final int TRACE_ID = 3;
  private static final int PARENT_ID = 36;
  private static final int FLAGS = 53;
  private static final HexFormat HEX = HexFormat.of();

  /** What a record's header says; null where it has none. */
  public static @Nullable TraceParent of(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    return header == null || header.value() == null ? null : parse(header.value());
  }

  /** Reads a header's value; null where it is malformed. */
  public static @Nullable TraceParent parse(byte[] value) {
    if (value.length < LENGTH || value[2] != '-' || value[35] != '-' || value[52] != '-') {
      return null;
    }
    long version = hex(value, 0, 2);
    boolean more = value.length > LENGTH;
    if (version < 0 || version == 0xff || (more && (version == 0 || value[LENGTH] != '-'))) {
      return null;
    }
    for (int i = TRACE_ID; i < FLAGS + 2; i++) {
      if (digit(value[i]) < 0 && i != 35 && i != 52) {
        return null;
      }
    }
    TraceParent read =
        new TraceParent(
            hex(value, TRACE_ID, 16),
            hex(value, TRACE_ID + 16, 16),
            hex(value, PARENT_ID, 16),
            (int) hex(value, FLAGS, 2));
    boolean hasIds = (read.traceIdHigh | read.traceIdLow) != 0 && read.parentId != 0;
    return hasIds ? read : null;
  }

  /** Reads what {@link #toString} wrote; null for null. */
  public static @Nullable TraceParent parse(@Nullable String text) {
    return text == null ? null : parse(text.getBytes(US_ASCII));
  }

  /**
   * What a record bears that came of this one: the same trace, and a parent id of its own, which is
   * the same whenever the same record is written.
   *
   * @param id of the record
   * @param revision of it; 0 for a record that has none
   */
  public TraceParent child(String id, int revision) {
    byte[] name = id.getBytes(UTF_8);
    byte[] digest =
        sha256(ByteBuffer.allocate(name.length + Integer.BYTES).put(name).putInt(revision).array());
    long span = ByteBuffer.wrap(digest).getLong();
    return new TraceParent(traceIdHigh, traceIdLow, span == 0 ? 1 : span, flags);
  }

  /** The trace's id, 32 digits. */
  public String traceId() {
    return HEX.toHexDigits(traceIdHigh) + HEX.toHexDigits(traceIdLow);
  }

  /** Adds it to what a record bears. */
  public void addTo(Headers headers) {
    headers.add(HEADER, toBytes());
  }

  /** The header's value. */
  public byte[] toBytes() {
    return toString().getBytes(US_ASCII);
  }

  @Override
  public String toString() {
    return VERSION + traceId() + '-' + HEX.toHexDigits(parentId) + '-' + HEX.toHexDigits(flags, 2);
  }

  /** -1 where a digit is none, for numbers of up to 15 digits; longer ones are looked at before. */
  private static long hex(byte[] value, int from, int digits) {
    long number = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = digit(value[i]);
      if (digit < 0) {
        return -1;
      }
      number = number << 4 | digit;
    }
    return number;
  }

  /** The specification allows lower case alone. */
  private static int digit(byte character) {
    if (character >= '0' && character <= '9') {
      return character - '0';
    }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

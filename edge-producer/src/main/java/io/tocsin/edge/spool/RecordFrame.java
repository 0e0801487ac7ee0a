package io.tocsin.edge.spool;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record as it lies in a segment, big-endian: marker (4 bytes), length of the body (4), when it
 * was appended in microseconds since the epoch (8), CRC32C (4), body. The checksum covers the
 * segment's name, the record's offset and everything but itself, so that a record counts only where
 * it was written.
 */
final class RecordFrame {

  static final int HEADER_BYTES = 20;

  /** A body may be so long; a length beyond it is damage. */
  static final int LONGEST_BODY_BYTES = 8 << 20;

  private static final int MARKER = 0xA70C51F5;
  private static final int CHECKSUM_AT = 16;

  private RecordFrame() {}

  /** The bytes to append at {@code offset}. */
  static ByteBuffer encode(SegmentName segment, long offset, long appendedAtMicros, byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + body.length);
    frame.putInt(MARKER).putInt(body.length).putLong(appendedAtMicros);
    frame.putInt(checksum(segment, offset, frame.array(), 0, body));
    return frame.put(body).flip();
  }

  /** Whether {@code bytes} may begin a record: a cheap look before the checksum. */
  static boolean isMarked(byte[] bytes, int at) {
    return at <= bytes.length - HEADER_BYTES
        && (bytes[at] & 0xff) == MARKER >>> 24
        && ByteBuffer.wrap(bytes).getInt(at) == MARKER;
  }

  /**
   * Length of the body of the record that begins at {@code at}; -1 if none does.
   *
   * @param offset where {@code at} lies in the segment
   */
  static int bodyLength(SegmentName segment, long offset, byte[] bytes, int at) {
    if (!isMarked(bytes, at)) {
      return -1;
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int length = frame.getInt(at + Integer.BYTES);
    if (length < 0 || length > LONGEST_BODY_BYTES || length > bytes.length - HEADER_BYTES - at) {
      return -1;
    }
    CRC32C crc = begin(segment, offset);
    crc.update(bytes, at, CHECKSUM_AT);
    crc.update(bytes, at + HEADER_BYTES, length);
    return (int) crc.getValue() == frame.getInt(at + CHECKSUM_AT) ? length : -1;
  }

  static long appendedAtMicros(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getLong(at + 2 * Integer.BYTES);
  }

  private static int checksum(
      SegmentName segment, long offset, byte[] header, int at, byte[] body) {
    CRC32C crc = begin(segment, offset);
    crc.update(header, at, CHECKSUM_AT);
    crc.update(body);
    return (int) crc.getValue();
  }

  private static CRC32C begin(SegmentName segment, long offset) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES)
            .putLong(segment.number())
            .putInt(segment.salt())
            .putLong(offset)
            .flip());
    return crc;
  }
}

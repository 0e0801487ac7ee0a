package io.tocsin.edge.spool;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A line of the file beside a segment that says which of its records are done: the record's offset
 * (4 bytes) and a CRC32C over the segment's name and the offset (4). A torn or damaged entry does
 * not count; its record is then sent once more.
 */
final class AcknowledgementEntry {

  static final int BYTES = 2 * Integer.BYTES;

  /** Stands in place of an offset when the segment's damage has been counted. */
  static final int DAMAGE_COUNTED = -1;

  /** Makes the checksum differ from a record's. */
  private static final int KIND = 0xAC4;

  private AcknowledgementEntry() {}

  static ByteBuffer encode(SegmentName segment, int offset) {
    return ByteBuffer.allocate(BYTES).putInt(offset).putInt(checksum(segment, offset)).flip();
  }

  /** The offsets that {@code bytes} acknowledge. */
  static Set<Integer> decode(SegmentName segment, byte[] bytes) {
    Set<Integer> offsets = new HashSet<>();
    ByteBuffer entries = ByteBuffer.wrap(bytes);
    while (entries.remaining() >= BYTES) {
      int offset = entries.getInt();
      if (entries.getInt() == checksum(segment, offset)) {
        offsets.add(offset);
      }
    }
    return offsets;
  }

  private static int checksum(SegmentName segment, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(Long.BYTES + 3 * Integer.BYTES)
            .putInt(KIND)
            .putLong(segment.number())
            .putInt(segment.salt())
            .putInt(offset)
            .flip());
    return (int) crc.getValue();
  }
}

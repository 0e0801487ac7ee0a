package io.tocsin.edge.spool;

import java.util.Arrays;

/**
 * The records of a segment's bytes. Whatever is not a record is skipped up to the next one; what
 * follows the last is a torn tail.
 *
 * @param offsets where each record begins
 * @param lengths of the bodies
 * @param appendedAtMicros of each record
 * @param damaged stretches of bytes that are no records and have a record behind them
 * @param end where the last record ends
 */
record SegmentScan(int[] offsets, int[] lengths, long[] appendedAtMicros, int damaged, int end) {

  /** Looks through {@code bytes}, the whole of a segment. */
  static SegmentScan of(SegmentName segment, byte[] bytes) {
    int[] offsets = new int[64];
    int[] lengths = new int[64];
    long[] times = new long[64];
    int count = 0;
    int damaged = 0;
    int end = 0;
    int at = 0;
    while (at <= bytes.length - RecordFrame.HEADER_BYTES) {
      int length = RecordFrame.bodyLength(segment, at, bytes, at);
      if (length < 0) {
        at++;
        continue;
      }
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
        times = Arrays.copyOf(times, 2 * count);
      }
      offsets[count] = at;
      lengths[count] = length;
      times[count++] = RecordFrame.appendedAtMicros(bytes, at);
      damaged += at > end ? 1 : 0;
      at += RecordFrame.HEADER_BYTES + length;
      end = at;
    }
    return new SegmentScan(
        Arrays.copyOf(offsets, count),
        Arrays.copyOf(lengths, count),
        Arrays.copyOf(times, count),
        damaged,
        end);
  }
}

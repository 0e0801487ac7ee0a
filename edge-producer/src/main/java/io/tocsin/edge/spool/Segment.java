package io.tocsin.edge.spool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;

/**
 * Which records a segment has and which of them wait, are claimed or are done. Guarded by its
 * spool.
 */
final class Segment {

  private final SegmentName name;
  private final BitSet waiting = new BitSet();
  private final BitSet claimed = new BitSet();
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];
  private long[] appendedAtMicros = new long[16];
  private int count;
  private int open;
  private long bytes;
  private long sinceNanos;

  /**
   * @param sinceNanos when it began, on the clock that never steps
   */
  Segment(SegmentName name, long sinceNanos) {
    this.name = name;
    this.sinceNanos = sinceNanos;
  }

  /** A segment found on the disk. */
  static Segment recovered(
      SegmentName name, long sinceNanos, SegmentScan scan, Set<Integer> acknowledgedOffsets) {
    Segment segment = new Segment(name, sinceNanos);
    for (int i = 0; i < scan.offsets().length; i++) {
      segment.add(scan.offsets()[i], scan.lengths()[i], scan.appendedAtMicros()[i]);
      segment.claimed.clear(i);
      if (acknowledgedOffsets.contains(scan.offsets()[i])) {
        segment.open--;
      } else {
        segment.waiting.set(i);
      }
    }
    segment.bytes = scan.end();
    return segment;
  }

  SegmentName name() {
    return name;
  }

  /** When its newest record came, or later. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** Its newest record is no older than {@code nowNanos}. */
  void grownUntil(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** Length of its file, as far as it holds records. */
  long bytes() {
    return bytes;
  }

  /** Takes a record that was written at its end; it begins claimed. */
  int add(int offset, int bodyLength, long atMicros) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
      appendedAtMicros = Arrays.copyOf(appendedAtMicros, 2 * count);
    }
    offsets[count] = offset;
    lengths[count] = bodyLength;
    appendedAtMicros[count] = atMicros;
    claimed.set(count);
    open++;
    bytes = offset + (long) RecordFrame.HEADER_BYTES + bodyLength;
    return count++;
  }

  /** Claims the oldest waiting record; -1 if none waits. */
  int claim() {
    int index = waiting.nextSetBit(0);
    if (index >= 0) {
      waiting.clear(index);
      claimed.set(index);
    }
    return index;
  }

  /** Lets a claimed record wait again; false if it is not claimed. */
  boolean release(int index) {
    if (!claimed.get(index)) {
      return false;
    }
    claimed.clear(index);
    waiting.set(index);
    return true;
  }

  /** Ends a claimed record; false if it is not claimed. */
  boolean finish(int index) {
    if (!claimed.get(index)) {
      return false;
    }
    claimed.clear(index);
    open--;
    return true;
  }

  /** Records that are not done: they wait or are claimed. */
  int open() {
    return open;
  }

  int waiting() {
    return waiting.cardinality();
  }

  int offset(int index) {
    return offsets[index];
  }

  int bodyLength(int index) {
    return lengths[index];
  }

  /** When the oldest record that is not done was appended; -1 if all are done. */
  long oldestOpenMicros() {
    int first = waiting.nextSetBit(0);
    int claimedFirst = claimed.nextSetBit(0);
    if (first < 0 || (claimedFirst >= 0 && claimedFirst < first)) {
      first = claimedFirst;
    }
    return first < 0 ? -1 : appendedAtMicros[first];
  }
}

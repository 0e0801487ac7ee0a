package io.tocsin.edge.spool;

import java.io.Closeable;
import java.io.IOException;

/** The segment that grows. Guarded by its spool. */
final class SegmentWriter implements Closeable {

  private final Segment segment;
  private final Disk.Appending file;
  private final long beganNanos;
  private int unforced;

  SegmentWriter(Segment segment, Disk.Appending file, long beganNanos) {
    this.segment = segment;
    this.file = file;
    this.beganNanos = beganNanos;
  }

  Segment segment() {
    return segment;
  }

  long beganNanos() {
    return beganNanos;
  }

  /** Records written and not forced. */
  int unforced() {
    return unforced;
  }

  /**
   * Writes a record and, if that makes {@code most} that are unforced, forces them.
   *
   * @return its index
   */
  int append(byte[] body, long atMicros, int most) throws IOException {
    int offset = (int) segment.bytes();
    file.write(RecordFrame.encode(segment.name(), offset, atMicros, body));
    unforced++;
    if (unforced >= most) {
      force();
    }
    return segment.add(offset, body.length, atMicros);
  }

  void force() throws IOException {
    if (unforced > 0) {
      file.force();
      unforced = 0;
    }
  }

  /** For a force without the spool's lock; {@link #wereForced} is called when it is done. */
  Disk.Appending file() {
    return file;
  }

  void wereForced(int records) {
    unforced = Math.max(0, unforced - records);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

package io.tocsin.edge.spool;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of records on disk. A record that was appended stays until it is acknowledged or lost for
 * a counted reason ({@link Loss}).
 *
 * <p>What {@link #append} accepted survives the end of the process at once, and a power cut as soon
 * as it is forced: after {@link SpoolSettings#flushEveryRecords} records, or when {@link #tick} is
 * called, which its owner does every {@link SpoolSettings#flushEvery}. Records come at least once:
 * after a power cut those whose acknowledgement was not forced come again.
 *
 * <p>A record is waiting or claimed. An appended record begins claimed by its source, which is to
 * acknowledge or release it. What was claimed when the process ended waits when it starts again.
 *
 * <p>Safe for use by several threads.
 */
public final class Spool implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  /** A segment that grows slowly is closed after this part of the maximum age. */
  private static final int SEGMENTS_PER_AGE = 8;

  private final SpoolSettings settings;
  private final Disk disk;
  private final InstantSource wall;
  private final LongSupplier nanos;
  private final SegmentStore store;
  private final Losses losses;
  private final SegmentShelf shelf;
  private @Nullable SegmentWriter writer;
  private long appended;
  private long acknowledged;
  private long faults;
  private boolean closed;

  /**
   * @param nanos a clock that never steps
   */
  Spool(SpoolSettings settings, Disk disk, InstantSource wall, LongSupplier nanos)
      throws IOException {
    this.settings = settings;
    this.disk = disk;
    this.wall = wall;
    this.nanos = nanos;
    this.store = new SegmentStore(disk);
    this.losses = Losses.read(disk);
    this.shelf = SegmentShelf.find(disk, store, losses, wall.instant(), nanos.getAsLong());
  }

  /**
   * Opens the spool of a folder, made if it does not exist. What it holds from before is looked
   * into by {@link #recoverNext}; appending need not wait for that.
   *
   * @throws IOException if the folder cannot be used, or another process uses it
   */
  public static Spool open(SpoolSettings settings) throws IOException {
    Disk disk = FolderDisk.open(settings.folder());
    try {
      return new Spool(settings, disk, InstantSource.system(), System::nanoTime);
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  /**
   * Looks into one of the segments found at the start, the one whose records are due first.
   *
   * @return whether there was one
   * @throws IOException if it cannot be read; it is tried again
   */
  public synchronized boolean recoverNext(DrainOrder order) throws IOException {
    return shelf.recoverNext(order);
  }

  /**
   * Keeps a record.
   *
   * @return where it lies; empty if there is no room and the settings say to refuse it, which is
   *     counted
   * @throws IOException if the disk does not take it; it may be found there all the same when the
   *     spool is opened again
   */
  public synchronized Optional<SpoolPosition> append(byte[] body) throws IOException {
    if (closed) {
      throw new IOException("the spool in " + settings.folder() + " is closed");
    }
    long length = (long) RecordFrame.HEADER_BYTES + body.length;
    if (body.length > RecordFrame.LONGEST_BODY_BYTES || length > settings.segmentBytes()) {
      throw new IOException(
          "a record of %d bytes does not fit into a segment of %d, or is longer than %d"
              .formatted(body.length, settings.segmentBytes(), RecordFrame.LONGEST_BODY_BYTES));
    }
    if (!makeRoom(length)) {
      losses.count(Loss.REJECTED, 1);
      return Optional.empty();
    }
    try {
      SegmentWriter into = writerFor(length);
      int index = into.append(body, micros(wall.instant()), settings.flushEveryRecords());
      shelf.grown(length);
      appended++;
      return Optional.of(new SpoolPosition(into.segment().name().number(), index));
    } catch (IOException e) {
      faults++;
      abandonWriter();
      throw e;
    }
  }

  private boolean makeRoom(long length) throws IOException {
    while (shelf.bytes() + length > settings.maximumBytes()) {
      if (settings.whenFull() == SpoolSettings.WhenFull.REJECT) {
        return false;
      }
      shelf.dropOldest(Loss.SIZE);
    }
    return true;
  }

  private SegmentWriter writerFor(long length) throws IOException {
    if (writer != null && writer.segment().bytes() + length > settings.segmentBytes()) {
      seal();
    }
    if (writer == null) {
      SegmentName name = shelf.nextName();
      long now = nanos.getAsLong();
      Disk.Appending file = store.create(name);
      writer = new SegmentWriter(new Segment(name, now), file, now);
      shelf.add(writer.segment());
    }
    return writer;
  }

  /** Closes the segment that grows; it is forced first. */
  private void seal() throws IOException {
    if (writer != null) {
      writer.force();
      Segment sealed = writer.segment();
      sealed.grownUntil(nanos.getAsLong());
      writer.close();
      writer = null;
      deleteIfDone(sealed);
    }
  }

  /** After a failed write nobody knows where the file ends: what comes next goes elsewhere. */
  private void abandonWriter() {
    SegmentWriter abandoned = writer;
    writer = null;
    if (abandoned != null) {
      try {
        abandoned.close();
        deleteIfDone(abandoned.segment());
      } catch (IOException e) {
        faults++;
        LOG.warn("spool: a segment that could not be written cannot be closed either: {}", e, e);
      }
    }
  }

  /**
   * Claims a waiting record and reads it. One that has become unreadable is counted as lost and
   * passed over.
   *
   * @return empty if none waits
   * @throws IOException if the disk fails; the record waits again
   */
  public Optional<SpoolRecord> claim(DrainOrder order) throws IOException {
    while (true) {
      SpoolPosition position;
      SegmentName name;
      int offset;
      int length;
      synchronized (this) {
        Segment segment = shelf.withWaiting(order);
        if (segment == null) {
          return Optional.empty();
        }
        int index = segment.claim();
        name = segment.name();
        position = new SpoolPosition(name.number(), index);
        offset = segment.offset(index);
        length = segment.bodyLength(index);
      }
      byte[] frame;
      try {
        frame = store.read(name, offset, length);
      } catch (IOException e) {
        if (release(position)) {
          throw e;
        }
        // Its segment was dropped meanwhile, which is counted.
        continue;
      }
      int found = RecordFrame.bodyLength(name, offset, frame, 0);
      if (found >= 0) {
        byte[] body = new byte[found];
        System.arraycopy(frame, RecordFrame.HEADER_BYTES, body, 0, found);
        return Optional.of(
            new SpoolRecord(
                position,
                body,
                Instant.EPOCH.plus(RecordFrame.appendedAtMicros(frame, 0), ChronoUnit.MICROS)));
      }
      synchronized (this) {
        losses.count(Loss.CORRUPT, 1);
        finish(position);
      }
    }
  }

  /** Ends a claimed record: it is where it was to go. */
  public synchronized void acknowledge(SpoolPosition position) {
    acknowledged++;
    finish(position);
  }

  private void finish(SpoolPosition position) {
    Segment segment = shelf.get(position.segment());
    if (segment == null || closed || !segment.finish(position.index())) {
      return;
    }
    try {
      if (segment.open() > 0 || isGrowing(segment)) {
        store.acknowledge(segment.name(), segment.offset(position.index()));
      }
      deleteIfDone(segment);
    } catch (IOException e) {
      // The record is done for this run; the next one may send it again.
      faults++;
      LOG.warn("spool: an acknowledgement cannot be written: {}", e.toString());
    }
  }

  /**
   * Lets a claimed record wait again.
   *
   * @return false if its segment was dropped while it was claimed, so that it is lost and counted
   */
  public synchronized boolean release(SpoolPosition position) {
    Segment segment = shelf.get(position.segment());
    if (segment == null) {
      losses.count(Loss.SIZE, 1);
      return false;
    }
    segment.release(position.index());
    return true;
  }

  private boolean isGrowing(Segment segment) {
    return writer != null && writer.segment() == segment;
  }

  private void deleteIfDone(Segment segment) throws IOException {
    if (!isGrowing(segment) && segment.open() == 0) {
      shelf.delete(segment);
    }
  }

  /**
   * Forces what is not forced yet, and drops what has become too old. To be called every {@link
   * SpoolSettings#flushEvery}, by one thread. A slow medium does not keep others from appending.
   */
  public void tick() {
    try {
      force();
      synchronized (this) {
        if (closed) {
          return;
        }
        long now = nanos.getAsLong();
        long age = settings.maximumAge().toNanos();
        if (writer != null && now - writer.beganNanos() > age / SEGMENTS_PER_AGE) {
          seal();
        }
        shelf.dropOlder(now - age, writer == null ? null : writer.segment());
        losses.write(wall.instant());
      }
    } catch (IOException e) {
      synchronized (this) {
        faults++;
        LOG.warn("spool in {}: {}", settings.folder(), e.toString());
        abandonWriter();
      }
    }
  }

  private void force() throws IOException {
    SegmentWriter growing;
    int records;
    List<Disk.Appending> files;
    List<String> orphans;
    boolean folderChanged;
    synchronized (this) {
      growing = writer;
      records = growing == null ? 0 : growing.unforced();
      files = store.takeUnforced();
      orphans = store.takeOrphans();
      folderChanged = store.takeFolderChanged();
    }
    if (growing != null && records > 0) {
      files.add(0, growing.file());
    }
    for (Disk.Appending file : files) {
      try {
        file.force();
      } catch (ClosedChannelException e) {
        // Closed since: sealed, which forces it, or its segment is gone.
      }
    }
    store.sweep(folderChanged, orphans);
    if (growing != null) {
      synchronized (this) {
        growing.wereForced(records);
      }
    }
  }

  /** What it holds now. */
  public synchronized SpoolStatus status() {
    long depth = 0;
    long waiting = 0;
    long oldest = -1;
    for (Segment segment : shelf.segments()) {
      depth += segment.open();
      waiting += segment.waiting();
      oldest = oldest < 0 ? segment.oldestOpenMicros() : oldest;
    }
    long ageMicros = oldest < 0 ? 0 : Math.max(0, micros(wall.instant()) - oldest);
    return new SpoolStatus(
        depth,
        waiting,
        shelf.unread(),
        shelf.bytes(),
        Duration.of(ageMicros, ChronoUnit.MICROS),
        appended,
        acknowledged,
        writer == null ? 0 : writer.unforced(),
        losses.total(),
        faults);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /** Forces everything and closes the files; what is not acknowledged waits for the next start. */
  @Override
  public void close() throws IOException {
    tick();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      closeFiles();
    }
  }

  private void closeFiles() throws IOException {
    try {
      seal();
      store.sweep(store.takeFolderChanged(), store.takeOrphans());
    } finally {
      store.close();
      disk.close();
    }
  }
}

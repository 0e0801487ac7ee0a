package io.tocsin.edge.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files of a spool's segments: one with records, one with acknowledgements each. Guarded by its
 * spool, except {@link #read}.
 */
final class SegmentStore {

  private final Disk disk;
  private final Map<SegmentName, Disk.Appending> acknowledgements = new HashMap<>();
  private final Set<SegmentName> unforced = new HashSet<>();
  private final List<String> orphans = new ArrayList<>();
  private boolean folderChanged;

  SegmentStore(Disk disk) {
    this.disk = disk;
  }

  /** Makes a segment; when this returns, a power cut does not take the file itself. */
  Disk.Appending create(SegmentName name) throws IOException {
    Disk.Appending records = disk.append(name.records());
    try {
      disk.forceFolder();
    } catch (IOException e) {
      records.close();
      throw e;
    }
    return records;
  }

  /** A segment as it lies on the disk. Its torn tail, if it has one, is cut. */
  Recovered recover(SegmentName name, long sinceNanos) throws IOException {
    Disk.FileFacts facts = disk.files().get(name.records());
    int length = facts == null ? 0 : (int) Math.min(facts.bytes(), Integer.MAX_VALUE / 2);
    SegmentScan scan = SegmentScan.of(name, disk.read(name.records(), 0, length));
    if (scan.end() < length) {
      disk.truncate(name.records(), scan.end());
    }
    Disk.FileFacts entries = disk.files().get(name.acknowledgements());
    int entryBytes = entries == null ? 0 : (int) entries.bytes();
    byte[] read = entryBytes == 0 ? new byte[0] : disk.read(name.acknowledgements(), 0, entryBytes);
    if (entryBytes % AcknowledgementEntry.BYTES != 0) {
      // Or whatever is appended would be read out of step.
      disk.truncate(name.acknowledgements(), entryBytes - entryBytes % AcknowledgementEntry.BYTES);
    }
    Set<Integer> done = AcknowledgementEntry.decode(name, read);
    int damaged = done.contains(AcknowledgementEntry.DAMAGE_COUNTED) ? 0 : scan.damaged();
    if (damaged > 0) {
      acknowledge(name, AcknowledgementEntry.DAMAGE_COUNTED);
    }
    return new Recovered(
        Segment.recovered(name, sinceNanos, scan, done), damaged, length - scan.end());
  }

  /**
   * A segment that was found.
   *
   * @param damaged stretches between its records that are none and were not counted before
   * @param tornBytes behind the last record, cut
   */
  record Recovered(Segment segment, int damaged, int tornBytes) {}

  void acknowledge(SegmentName name, int offset) throws IOException {
    Disk.Appending file = acknowledgements.get(name);
    if (file == null) {
      file = disk.append(name.acknowledgements());
      folderChanged = true;
      acknowledgements.put(name, file);
    }
    file.write(AcknowledgementEntry.encode(name, offset));
    unforced.add(name);
  }

  /** The files with acknowledgements that are not forced yet; the caller forces them. */
  List<Disk.Appending> takeUnforced() {
    List<Disk.Appending> files = new ArrayList<>();
    for (SegmentName name : unforced) {
      Disk.Appending file = acknowledgements.get(name);
      if (file != null) {
        files.add(file);
      }
    }
    unforced.clear();
    return files;
  }

  /** Acknowledgements whose records are deleted; for {@link #sweep}. */
  List<String> takeOrphans() {
    List<String> taken = List.copyOf(orphans);
    orphans.clear();
    return taken;
  }

  /** Acknowledgements that were found without their records. */
  void orphan(SegmentName name) {
    orphans.add(name.acknowledgements());
  }

  /** Whether files were made or deleted since this was asked; for {@link #sweep}. */
  boolean takeFolderChanged() {
    boolean changed = folderChanged;
    folderChanged = false;
    return changed;
  }

  /** Makes what was made and deleted last, then deletes acknowledgements without records. */
  void sweep(boolean changed, List<String> taken) throws IOException {
    if (changed || !taken.isEmpty()) {
      disk.forceFolder();
      for (String file : taken) {
        disk.delete(file);
      }
    }
  }

  /**
   * Deletes the records. Their acknowledgements go when that is sure to last: records that a power
   * cut brings back must not come without them.
   */
  void delete(SegmentName name) throws IOException {
    Disk.Appending file = acknowledgements.remove(name);
    unforced.remove(name);
    orphans.add(name.acknowledgements());
    try {
      disk.delete(name.records());
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }

  /** The bytes of a record with its header. */
  byte[] read(SegmentName name, int offset, int bodyLength) throws IOException {
    return disk.read(name.records(), offset, RecordFrame.HEADER_BYTES + bodyLength);
  }

  void close() throws IOException {
    for (Disk.Appending file : acknowledgements.values()) {
      file.close();
    }
    acknowledgements.clear();
  }
}

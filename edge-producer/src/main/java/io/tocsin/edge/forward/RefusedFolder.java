package io.tocsin.edge.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Records that are refused for their content, a file each and beside it the reason, until somebody
 * looks. Bounded: the oldest make room. Safe for use by several threads.
 */
final class RefusedFolder {

  private static final String RECORD = ".record";
  private static final String REASON = ".reason.txt";

  private final Path folder;
  private final long mostBytes;
  private final Deque<Path> records = new ArrayDeque<>();
  private long bytes;
  private long next;

  private RefusedFolder(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  static RefusedFolder open(Path folder, long mostBytes) throws IOException {
    Files.createDirectories(folder);
    RefusedFolder refused = new RefusedFolder(folder, mostBytes);
    for (Path record : refused.list()) {
      refused.records.add(record);
      refused.bytes += Files.size(record);
    }
    return refused;
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().endsWith(RECORD)).sorted().toList();
    }
  }

  /** Keeps a record; when this returns it is on the medium. */
  synchronized void put(byte[] body, Throwable reason) throws IOException {
    // Names sort by time; two runs within a millisecond do not overwrite each other.
    String name =
        "%013d-%06d-%s"
            .formatted(
                System.currentTimeMillis(), next++, UUID.randomUUID().toString().substring(0, 8));
    Files.writeString(folder.resolve(name + REASON), reason + "\n");
    Path record = folder.resolve(name + RECORD);
    try (FileChannel file =
        FileChannel.open(record, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(body);
      while (left.hasRemaining()) {
        file.write(left);
      }
      file.force(true);
    }
    records.add(record);
    bytes += body.length;
    while (bytes > mostBytes && records.size() > 1) {
      Path oldest = records.remove();
      bytes -= Files.size(oldest);
      delete(oldest);
    }
  }

  /** How many records lie here. */
  synchronized int size() {
    return records.size();
  }

  /** What is done with each record that lies here. */
  interface Taker {
    /** Whether the record was taken, so that it need not lie here. */
    boolean take(byte[] body) throws IOException;
  }

  /**
   * Hands every record out again, the oldest first.
   *
   * @return how many were taken
   */
  synchronized int takeBack(Taker taker) throws IOException {
    int taken = 0;
    for (Path record : List.copyOf(records)) {
      byte[] body = Files.readAllBytes(record);
      if (taker.take(body)) {
        records.remove(record);
        bytes -= body.length;
        delete(record);
        taken++;
      }
    }
    return taken;
  }

  private static void delete(Path record) throws IOException {
    Files.deleteIfExists(record);
    String name = record.getFileName().toString();
    Files.deleteIfExists(
        record.resolveSibling(name.substring(0, name.length() - RECORD.length()) + REASON));
  }
}

package io.tocsin.edge.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was lost and why, kept in a file of the spool's folder: a line holds an instant, a reason
 * and a number of records, separated by tabs. Guarded by its spool.
 */
final class Losses {

  static final String FILE = "losses.tsv";
  private static final int LONGEST_BYTES = 1 << 20;

  private final Disk disk;
  private final Map<Loss, Long> total = new EnumMap<>(Loss.class);
  private final Map<Loss, Long> unwritten = new EnumMap<>(Loss.class);

  private Losses(Disk disk) {
    this.disk = disk;
  }

  /** Reads what earlier runs lost; a file that has become long is replaced by its sums. */
  static Losses read(Disk disk) throws IOException {
    Losses losses = new Losses(disk);
    Disk.FileFacts facts = disk.files().get(FILE);
    if (facts == null) {
      return losses;
    }
    byte[] bytes = disk.read(FILE, 0, (int) Math.min(facts.bytes(), Integer.MAX_VALUE / 2));
    new String(bytes, StandardCharsets.US_ASCII).lines().forEach(losses::countLine);
    boolean torn = bytes.length > 0 && bytes[bytes.length - 1] != '\n';
    if (torn || bytes.length > LONGEST_BYTES) {
      disk.delete(FILE);
      losses.unwritten.putAll(losses.total);
    }
    return losses;
  }

  /** A power cut may have torn a line; what cannot be read does not count. */
  private void countLine(String line) {
    String[] fields = line.split("\t", -1);
    for (Loss reason : Loss.values()) {
      if (fields.length == 3 && fields[1].equals(reason.name()) && fields[2].matches("\\d{1,15}")) {
        total.merge(reason, Long.parseLong(fields[2]), Long::sum);
      }
    }
  }

  void count(Loss reason, long records) {
    if (records > 0) {
      total.merge(reason, records, Long::sum);
      unwritten.merge(reason, records, Long::sum);
    }
  }

  /** Writes what was counted since the last time. */
  void write(Instant now) throws IOException {
    if (unwritten.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    unwritten.forEach(
        (reason, records) ->
            lines
                .append(now)
                .append('\t')
                .append(reason)
                .append('\t')
                .append(records)
                .append('\n'));
    try (Disk.Appending file = disk.append(FILE)) {
      file.write(ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII)));
      file.force();
    }
    unwritten.clear();
  }

  Map<Loss, Long> total() {
    return total;
  }
}

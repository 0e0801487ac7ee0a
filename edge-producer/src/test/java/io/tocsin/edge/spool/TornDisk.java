package io.tocsin.edge.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A disk in memory whose power fails in the middle of a write. What was not forced is then there,
 * missing, cut, zero or garbage, sector by sector; files made may be gone, deleted ones back.
 */
final class TornDisk implements Disk {

  private static final int SECTOR_BYTES = 512;

  /** The power is gone. No code may go on after it, so it is no exception that code handles. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Content {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int forced;
    boolean nameForced;
  }

  private final Map<String, Content> files = new HashMap<>();
  private final Map<String, Content> deleted = new HashMap<>();
  private long bytesUntilCut;
  private boolean failing;

  TornDisk(long bytesUntilCut) {
    this.bytesUntilCut = bytesUntilCut;
  }

  /** From now on nothing can be written, as on a full disk. */
  void failWrites(boolean fail) {
    failing = fail;
  }

  /** Damages a forced byte. */
  void damage(String file, int at, int xor) {
    byte[] bytes = files.get(file).bytes.toByteArray();
    bytes[at] ^= (byte) xor;
    files.put(file, content(bytes));
  }

  Set<String> names() {
    return new HashSet<>(files.keySet());
  }

  int length(String file) {
    return files.get(file).bytes.size();
  }

  /** What is found when the power is back. */
  TornDisk afterCut(Random random, long bytesUntilNextCut) {
    TornDisk next = new TornDisk(bytesUntilNextCut);
    files.forEach(
        (name, content) -> {
          if (content.nameForced || random.nextBoolean()) {
            next.files.put(name, content(torn(content, random)));
          }
        });
    deleted.forEach(
        (name, content) -> {
          if (random.nextBoolean()) {
            next.files.putIfAbsent(name, content(torn(content, random)));
          }
        });
    return next;
  }

  private static Content content(byte[] bytes) {
    Content content = new Content();
    content.bytes.writeBytes(bytes);
    content.forced = bytes.length;
    content.nameForced = true;
    return content;
  }

  private static byte[] torn(Content content, Random random) {
    byte[] all = content.bytes.toByteArray();
    int length = content.forced + random.nextInt(all.length - content.forced + 1);
    byte[] bytes = Arrays.copyOf(all, length);
    for (int from = content.forced; from < length; ) {
      int to = Math.min(length, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
      switch (random.nextInt(4)) {
        case 0 -> Arrays.fill(bytes, from, to, (byte) 0);
        case 1 -> {
          byte[] garbage = new byte[to - from];
          random.nextBytes(garbage);
          System.arraycopy(garbage, 0, bytes, from, garbage.length);
        }
        default -> {
          // This sector made it to the medium.
        }
      }
      from = to;
    }
    if (length > content.forced && random.nextInt(4) == 0) {
      byte[] tail = new byte[random.nextInt(2 * SECTOR_BYTES)];
      random.nextBytes(tail);
      bytes = Arrays.copyOf(bytes, length + tail.length);
      System.arraycopy(tail, 0, bytes, length, tail.length);
    }
    return bytes;
  }

  @Override
  public Map<String, FileFacts> files() {
    Map<String, FileFacts> facts = new HashMap<>();
    files.forEach((n, c) -> facts.put(n, new FileFacts(c.bytes.size(), Instant.EPOCH)));
    return facts;
  }

  @Override
  public Appending append(String file) {
    Content content = files.computeIfAbsent(file, f -> new Content());
    return new Appending() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        if (failing) {
          throw new IOException("no space left on the device");
        }
        byte[] given = new byte[bytes.remaining()];
        bytes.get(given);
        int written = (int) Math.min(given.length, bytesUntilCut);
        content.bytes.write(given, 0, written);
        bytesUntilCut -= written;
        if (bytesUntilCut == 0) {
          throw new PowerCut();
        }
      }

      @Override
      public void force() {
        content.forced = content.bytes.size();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public byte[] read(String file, long offset, int length) throws IOException {
    Content content = files.get(file);
    if (content == null) {
      throw new NoSuchFileException(file);
    }
    byte[] all = content.bytes.toByteArray();
    return Arrays.copyOfRange(all, (int) offset, (int) Math.min(all.length, offset + length));
  }

  @Override
  public void truncate(String file, long bytes) {
    files.put(file, content(Arrays.copyOf(files.get(file).bytes.toByteArray(), (int) bytes)));
  }

  @Override
  public void delete(String file) {
    Content content = files.remove(file);
    if (content != null && content.nameForced) {
      deleted.put(file, content);
    }
  }

  @Override
  public void forceFolder() {
    files.values().forEach(c -> c.nameForced = true);
    deleted.clear();
  }

  @Override
  public void close() {}
}

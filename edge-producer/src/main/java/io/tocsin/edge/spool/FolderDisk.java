package io.tocsin.edge.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A folder of the file system, locked for one process. */
final class FolderDisk implements Disk {

  private static final String LOCK = "lock";

  /**
   * What is read passes through memory outside of the heap, of which each thread keeps the most.
   */
  private static final int READ_AT_ONCE = 64 << 10;

  private final Path folder;
  private final FileChannel lockFile;

  private FolderDisk(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /**
   * @throws IOException if the folder cannot be made or written, or another process holds it
   */
  static FolderDisk open(Path folder) throws IOException {
    FileChannel lockFile;
    try {
      Files.createDirectories(folder);
      lockFile =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "spool folder " + folder + " cannot be written (" + e + "); choose another or its owner",
          e);
    }
    if (lock(lockFile) == null) {
      lockFile.close();
      throw new IOException(
          "spool folder "
              + folder
              + " is in use by another process; stop that one or choose another folder");
    }
    return new FolderDisk(folder, lockFile);
  }

  private static @Nullable FileLock lock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public Map<String, FileFacts> files() throws IOException {
    Map<String, FileFacts> files = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          files.put(
              entry.getFileName().toString(),
              new FileFacts(Files.size(entry), Files.getLastModifiedTime(entry).toInstant()));
        }
      }
    }
    return files;
  }

  @Override
  public Appending append(String file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return new Appending() {
      @Override
      public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }

      @Override
      public void force() throws IOException {
        // The file's length is forced with its content; times need not be.
        channel.force(false);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  @Override
  public byte[] read(String file, long offset, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(file), StandardOpenOption.READ)) {
      int there = (int) Math.max(0, Math.min(length, channel.size() - offset));
      byte[] bytes = new byte[there];
      int at = 0;
      int read = 0;
      while (at < there && read >= 0) {
        ByteBuffer piece = ByteBuffer.wrap(bytes, at, Math.min(READ_AT_ONCE, there - at));
        read = channel.read(piece, offset + at);
        at += Math.max(0, read);
      }
      // A segment is a quarter of a sensor's heap: not twice.
      return at < there ? Arrays.copyOf(bytes, at) : bytes;
    }
  }

  @Override
  public void truncate(String file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(file), StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
      channel.force(false);
    }
  }

  @Override
  public void delete(String file) throws IOException {
    Files.deleteIfExists(folder.resolve(file));
  }

  @Override
  public void forceFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}

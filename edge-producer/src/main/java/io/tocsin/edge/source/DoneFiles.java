package io.tocsin.edge.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which files of a watched folder are done with, also after a restart. */
public sealed interface DoneFiles {

  /** Whether it is. */
  boolean contains(FolderSource.Seen file);

  /**
   * Says that it is.
   *
   * @param where name of the folder for it, if it is moved
   */
  void add(FolderSource.Seen file, String where) throws IOException;

  /** They are moved into a folder of the watched one. */
  record Moved() implements DoneFiles {

    @Override
    public boolean contains(FolderSource.Seen file) {
      return false;
    }

    @Override
    public void add(FolderSource.Seen file, String where) throws IOException {
      Path folder = Files.createDirectories(file.path().resolveSibling(where));
      Path target = folder.resolve(file.path().getFileName());
      for (int copy = 1; Files.exists(target); copy++) {
        target = folder.resolve(copy + "-" + file.path().getFileName());
      }
      Files.move(file.path(), target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** They stay where they are; a file of ours lists them. */
  final class Remembered implements DoneFiles {

    private final Path list;
    private final Set<String> done;

    private Remembered(Path list, Set<String> done) {
      this.list = list;
      this.done = done;
    }

    /** Reads what an earlier run remembered. */
    public static Remembered in(Path list) throws IOException {
      Files.createDirectories(list.toAbsolutePath().getParent());
      List<String> lines = Files.exists(list) ? Files.readAllLines(list) : List.of();
      return new Remembered(list, new HashSet<>(lines));
    }

    @Override
    public boolean contains(FolderSource.Seen file) {
      return done.contains(line(file));
    }

    @Override
    public void add(FolderSource.Seen file, String where) throws IOException {
      try (FileChannel channel =
          FileChannel.open(list, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        ByteBuffer line = ByteBuffer.wrap((line(file) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
          int unused = channel.write(line);
        }
        channel.force(true);
      }
      done.add(line(file));
    }

    private static String line(FolderSource.Seen file) {
      return file.modified().toEpochMilli()
          + " "
          + file.bytes()
          + " "
          + file.path().getFileName().toString().replace('\n', ' ');
    }
  }
}

package io.tocsin.stack.cluster;

import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of its own under a folder, in memory, that can be made full and be given room
 * again. Its size is what changes, so that nothing has to be written to fill it.
 */
public final class LimitedDisk {

  private static final long SIZE_BYTES = 1L << 30;
  private static final int MOST_TRIES = 20;

  private final Path folder;

  private LimitedDisk(Path folder) {
    this.folder = folder;
  }

  /** Whether this program may mount file systems: root may, where the machine lets it. */
  public static boolean isPossible() throws InterruptedException {
    try {
      Path trial = Files.createTempDirectory("tocsin-disk");
      try {
        over(trial).unmount();
        return true;
      } catch (MissingPrerequisiteException e) {
        return false;
      } finally {
        Files.delete(trial);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no folder can be made for temporary files", e);
    }
  }

  /**
   * Mounts one over an empty folder, for the folder's owner.
   *
   * @throws MissingPrerequisiteException if this program may not
   */
  static LimitedDisk over(Path folder) throws InterruptedException {
    try {
      Files.createDirectories(folder);
      ShortCommand.Outcome mounted =
          ShortCommand.run(
              List.of(
                  "mount",
                  "-t",
                  "tmpfs",
                  "-o",
                  "size=%d,mode=700,uid=%s,gid=%s"
                      .formatted(
                          SIZE_BYTES,
                          Files.getAttribute(folder, "unix:uid"),
                          Files.getAttribute(folder, "unix:gid")),
                  "tocsin",
                  folder.toString()));
      if (!mounted.succeeded()) {
        throw new MissingPrerequisiteException(
            "a disk that can be full is a tmpfs, and this program may not mount one ("
                + mounted.output()
                + "); run it as root or leave the full disks out with --faults");
      }
      return new LimitedDisk(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made a disk of its own", e);
    }
  }

  /** Leaves no room for anything. */
  public void fill() throws InterruptedException {
    for (int tries = 1; !resized(usedBytes()); tries++) {
      // Somebody wrote between the two looks.
      if (tries == MOST_TRIES) {
        throw new StackException(folder + " cannot be made full");
      }
    }
  }

  /** Gives it its room back. */
  public void makeRoom() throws InterruptedException {
    if (!resized(SIZE_BYTES)) {
      throw new StackException(folder + " cannot be given room again");
    }
  }

  private long usedBytes() {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.getTotalSpace() - store.getUnallocatedSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("the room in " + folder + " is not known", e);
    }
  }

  private boolean resized(long bytes) throws InterruptedException {
    return ShortCommand.run(List.of("mount", "-o", "remount,size=" + bytes, folder.toString()))
        .succeeded();
  }

  /** Gives the memory back; all that was on it is lost. */
  void unmount() throws InterruptedException {
    ShortCommand.Outcome unmounted =
        ShortCommand.run(List.of("umount", "--lazy", folder.toString()));
    if (!unmounted.succeeded()) {
      throw new StackException(folder + " stays mounted: " + unmounted.output());
    }
  }
}

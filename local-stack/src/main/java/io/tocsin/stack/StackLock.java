package io.tocsin.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Sees to it that a state folder serves one running stack. The system frees it after a kill. */
final class StackLock implements AutoCloseable {

  private final FileChannel channel;

  private StackLock(FileChannel channel) {
    this.channel = channel;
  }

  static Path file(Path stateDir) {
    return stateDir.resolve("lock");
  }

  /**
   * @throws StackException if the stack of that folder runs
   */
  static StackLock take(StackSettings settings) {
    Path file = file(settings.stateDir());
    try {
      Files.createDirectories(settings.stateDir());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean taken;
      try {
        taken = channel.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        taken = false;
      }
      if (!taken) {
        channel.close();
        throw new StackException(
            "stack %1$s already runs; stop it with: ./tocsin stop --name=%1$s"
                .formatted(settings.name()));
      }
      return new StackLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the lock of the stack cannot be freed", e);
    }
  }
}

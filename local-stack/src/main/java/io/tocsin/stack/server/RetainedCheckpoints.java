package io.tocsin.stack.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The checkpoints that a Flink job left in its folder. */
final class RetainedCheckpoints {

  private static final int JOB_AND_CHECKPOINT = 3;

  private RetainedCheckpoints() {}

  /**
   * The newest whole checkpoint.
   *
   * @param folder the job's own, with {@code JOB-ID/chk-N/_metadata} below
   */
  static Optional<Path> latest(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(folder, JOB_AND_CHECKPOINT)) {
      // Flink writes _metadata last, so that a checkpoint with one is whole.
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .max(Comparator.comparing(RetainedCheckpoints::writtenAt))
          .map(Path::getParent);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }

  private static FileTime writtenAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}

package io.tocsin.stack.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedCheckpointsTest {

  @TempDir private Path folder;

  @Test
  void theNewestWholeCheckpointOfAllRunsIsTaken() throws IOException {
    checkpoint("first-run/chk-90", Instant.parse("2026-01-01T00:00:00Z"));
    Path newest = checkpoint("second-run/chk-4", Instant.parse("2026-01-02T00:00:00Z"));
    Files.createDirectories(folder.resolve("second-run/chk-5"));
    Files.createDirectories(folder.resolve("second-run/shared"));

    assertThat(RetainedCheckpoints.latest(folder)).contains(newest);
  }

  @Test
  void withoutARunThereIsNone() {
    assertThat(RetainedCheckpoints.latest(folder)).isEmpty();
    assertThat(RetainedCheckpoints.latest(folder.resolve("absent"))).isEmpty();
  }

  private Path checkpoint(String name, Instant written) throws IOException {
    Path checkpoint = Files.createDirectories(folder.resolve(name));
    Path metadata = Files.createFile(checkpoint.resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.from(written));
    return checkpoint;
  }
}

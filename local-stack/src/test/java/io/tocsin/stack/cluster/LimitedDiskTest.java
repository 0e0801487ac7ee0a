package io.tocsin.stack.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitedDiskTest {

  private static final byte[] BLOCK = new byte[64 << 10];

  @Test
  void aFullDiskTakesNothingUntilItHasRoomAgain(@TempDir Path folder) throws Exception {
    assumeTrue(LimitedDisk.isPossible(), "mounting a tmpfs needs root");
    Path place = folder.resolve("disk");
    LimitedDisk disk = LimitedDisk.over(place);
    try {
      Files.write(place.resolve("before"), BLOCK);
      disk.fill();
      assertThatThrownBy(() -> Files.write(place.resolve("full"), BLOCK))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");
      disk.makeRoom();
      Files.write(place.resolve("after"), BLOCK);
      assertThat(place.resolve("before")).hasBinaryContent(BLOCK);
      assertThat(place.resolve("after")).hasBinaryContent(BLOCK);
    } finally {
      disk.unmount();
    }
    assertThat(place).isEmptyDirectory();
  }
}

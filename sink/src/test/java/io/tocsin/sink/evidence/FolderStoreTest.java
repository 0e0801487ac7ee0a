package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {

  private static final String KEY = "evidence/a1/s1.flac";
  @TempDir private Path folder;

  @Test
  void anObjectIsReplacedReadAndDeletedWhole() throws Exception {
    try (FolderStore store = new FolderStore(folder.resolve("clips"))) {
      assertThat(store.get(KEY)).isEmpty();
      store.put(KEY, "first".getBytes(UTF_8), "audio/flac");
      store.put(KEY, "second".getBytes(UTF_8), "audio/flac");
      assertThat(store.get(KEY)).get().isEqualTo("second".getBytes(UTF_8));
      try (var files = Files.list(folder.resolve("clips/evidence/a1"))) {
        assertThat(files).hasSize(1);
      }

      store.delete(KEY);
      store.delete(KEY);

      assertThat(store.get(KEY)).isEmpty();
      assertThat(folder.resolve("clips/evidence/a1")).doesNotExist();
    }
  }

  @Test
  void onlyTheOwnerReads() throws Exception {
    try (FolderStore store = new FolderStore(folder.resolve("clips"))) {
      store.put(KEY, new byte[1], "audio/flac");
    }
    assertThat(Files.getPosixFilePermissions(folder.resolve("clips").resolve(KEY)))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    assertThat(Files.getPosixFilePermissions(folder.resolve("clips/evidence")).toString())
        .doesNotContain("GROUP", "OTHERS");
  }

  @Test
  void aKeyDoesNotLeadOutOfTheFolder() {
    try (FolderStore store = new FolderStore(folder.resolve("clips"))) {
      assertThatThrownBy(() -> store.put("../x", new byte[1], "audio/flac"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("../x");
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsAnOutage() throws Exception {
    Path file = Files.createFile(folder.resolve("clips"));
    try (FolderStore store = new FolderStore(file)) {
      assertThatThrownBy(() -> store.put(KEY, new byte[1], "audio/flac"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining(file.toString());
    }
  }
}

package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects in a server that speaks S3's protocol. */
class S3StoreIT {

  @TempDir private Path folder;

  @Test
  void anObjectIsReplacedReadAndDeletedAndTroubleIsAnOutage() throws Exception {
    assumeTrue(Files.exists(S3Server.JAR), S3Server.MISSING);
    String key = "evidence/a1/s:1.flac";
    byte[] large = new byte[3 << 20];
    new Random(7).nextBytes(large);
    S3Server server = S3Server.start(folder);
    try (ObjectStore store = server.store("secret");
        ObjectStore stranger = server.store("wrong")) {
      assertThat(store.get(key)).isEmpty();
      store.delete(key);
      store.put(key, "first".getBytes(UTF_8), "audio/flac");
      store.put(key, large, "audio/flac");
      assertThat(store.get(key)).get().isEqualTo(large);

      assertThatThrownBy(() -> stranger.get(key)).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> stranger.delete(key)).isInstanceOf(StoreUnavailableException.class);

      store.delete(key);
      assertThat(store.get(key)).isEmpty();

      server.close();
      assertThatThrownBy(() -> store.put(key, large, "audio/flac"))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("s3://evidence/" + key);
    } finally {
      server.close();
    }
  }
}

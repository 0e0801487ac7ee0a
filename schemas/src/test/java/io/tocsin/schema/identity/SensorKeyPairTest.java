package io.tocsin.schema.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.CredentialsFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SensorKeyPairTest {

  private static CredentialsFile file(Map<String, String> values) {
    return new CredentialsFile(Path.of("/k.properties"), values);
  }

  @Test
  void aFileOfCredentialsHoldsTheKey() {
    SensorKeyPair pair = SensorKeyPair.generate();
    assertThat(SensorKeyPair.of(file(pair.settings()))).contains(pair);
    assertThat(SensorKeyPair.of(file(Map.of()))).isEmpty();
  }

  @Test
  void partsOfDifferentKeysAreRefusedAndNotPrinted() {
    Map<String, String> mixed = new HashMap<>(SensorKeyPair.generate().settings());
    String secret = mixed.get(SensorKeyPair.PRIVATE);
    mixed.put(SensorKeyPair.PUBLIC, SensorKeyPair.generate().settings().get(SensorKeyPair.PUBLIC));
    assertThatThrownBy(() -> SensorKeyPair.of(file(mixed)))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("/k.properties")
        .hasMessageNotContaining(secret);
    mixed.remove(SensorKeyPair.PUBLIC);
    assertThatThrownBy(() -> SensorKeyPair.of(file(mixed)))
        .isInstanceOf(CredentialsException.class);
  }

  @Test
  void nothingPrintedShowsThePrivatePart() {
    SensorKeyPair pair = SensorKeyPair.generate();
    assertThat(pair.toString())
        .isEqualTo("SensorKeyPair[" + KeyId.of(pair.publicKey()) + "]")
        .doesNotContain(pair.settings().get(SensorKeyPair.PRIVATE));
  }
}

package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.Signature;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Signs a sensor's records. Safe for use by several threads. */
public final class SensorSigner implements RecordSigner {

  private final SensorKeyPair pair;
  private final KeyId keyId;

  public SensorSigner(SensorKeyPair pair) {
    this.pair = pair;
    this.keyId = KeyId.of(pair.publicKey());
  }

  @Override
  public void sign(ProducerRecord<String, byte[]> record) {
    String key = record.key();
    record
        .headers()
        .add(
            RecordSignature.HEADER,
            sign(record.topic(), key == null ? null : key.getBytes(UTF_8), record.value())
                .header());
  }

  RecordSignature sign(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    try {
      Signature signature = Signature.getInstance(RecordSignature.ALGORITHM);
      signature.initSign(pair.privateKey());
      signature.update(RecordSignature.message(topic, key, value));
      return new RecordSignature(keyId, signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + keyId + " cannot sign: " + e, e);
    }
  }
}

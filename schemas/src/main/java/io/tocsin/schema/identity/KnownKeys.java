package io.tocsin.schema.identity;

import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A sensor's keys, ready for use. */
public final class KnownKeys {

  /** Of a sensor whose record of keys cannot be read: it has some, and none counts. */
  static final KnownKeys UNREADABLE = new KnownKeys(Map.of());

  private final Map<KeyId, Known> keys;

  /**
   * @param revokedAt since when it counts no more; null while it does
   */
  record Known(PublicKey publicKey, @Nullable Instant revokedAt) {}

  private KnownKeys(Map<KeyId, Known> keys) {
    this.keys = Map.copyOf(keys);
  }

  /**
   * From the topic's record.
   *
   * @throws GeneralSecurityException if a key is none
   */
  public static KnownKeys of(SensorKeys record) throws GeneralSecurityException {
    Map<KeyId, Known> keys = new HashMap<>();
    for (SensorKey key : record.getKeys()) {
      ByteBuffer encoded = key.getPublicKey().duplicate();
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      PublicKey publicKey = SensorKeyPair.publicKey(bytes);
      keys.put(KeyId.of(publicKey), new Known(publicKey, key.getRevokedAt()));
    }
    return new KnownKeys(keys);
  }

  @Nullable Known key(KeyId id) {
    return keys.get(id);
  }
}

package io.tocsin.schema.identity;

import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.HexFormat;

/**
 * Tells a sensor's keys from one another: the first eight bytes of the SHA-256 of the public key.
 */
public record KeyId(long value) {

  static final int BYTES = Long.BYTES;

  static KeyId of(PublicKey key) {
    return new KeyId(ByteBuffer.wrap(RecordSignature.sha256().digest(key.getEncoded())).getLong());
  }

  /** Sixteen hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(value);
  }
}

package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A signature in a record's header {@value #HEADER}: a byte 1, eight bytes of the key's id, 64
 * bytes of Ed25519 (RFC 8032).
 *
 * <p>What is signed is the text {@code tocsin-record-signature-v1}, a zero byte and the SHA-256 of
 * topic, key and value, each behind its length in four bytes, big-endian; the length of a value
 * that is none is -1. Topic, key and value are UTF-8, UTF-8 and the bytes in Kafka. So a signature
 * fits its record alone, and no other topic.
 *
 * @param keyId of the key that made it
 * @param signature 64 bytes
 */
public record RecordSignature(KeyId keyId, byte[] signature) {

  /** Name of the header. */
  public static final String HEADER = "tocsin-signature";

  static final String ALGORITHM = "Ed25519";

  private static final byte VERSION = 1;
  private static final int SIGNATURE_BYTES = 64;
  private static final int HEADER_BYTES = 1 + KeyId.BYTES + SIGNATURE_BYTES;
  private static final byte[] PURPOSE = "tocsin-record-signature-v1\0".getBytes(US_ASCII);

  /** Bytes of the header. */
  public byte[] header() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(VERSION)
        .putLong(keyId.value())
        .put(signature)
        .array();
  }

  /**
   * Reads a header.
   *
   * @throws UnbelievedRecordException if it is none of this kind
   */
  public static RecordSignature of(byte[] header) {
    if (header.length != HEADER_BYTES || header[0] != VERSION) {
      throw new UnbelievedRecordException(
          "the header %s has %d bytes%s; %d, the first of them %d, are wanted"
              .formatted(
                  HEADER,
                  header.length,
                  header.length == 0 ? "" : ", the first of them " + header[0],
                  HEADER_BYTES,
                  VERSION));
    }
    ByteBuffer bytes = ByteBuffer.wrap(header, 1, HEADER_BYTES - 1);
    KeyId keyId = new KeyId(bytes.getLong());
    byte[] signature = new byte[SIGNATURE_BYTES];
    bytes.get(signature);
    return new RecordSignature(keyId, signature);
  }

  /** What is signed for a record. */
  static byte[] message(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    MessageDigest digest = sha256();
    update(digest, topic.getBytes(UTF_8));
    update(digest, key);
    update(digest, value);
    byte[] hash = digest.digest();
    return ByteBuffer.allocate(PURPOSE.length + hash.length).put(PURPOSE).put(hash).array();
  }

  private static void update(MessageDigest digest, byte @Nullable [] part) {
    digest.update(
        ByteBuffer.allocate(Integer.BYTES).putInt(part == null ? -1 : part.length).flip());
    if (part != null) {
      digest.update(part);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

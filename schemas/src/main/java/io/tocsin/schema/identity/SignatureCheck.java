package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Whether a sensor's record is of that sensor. Safe for use by several threads. */
public final class SignatureCheck {

  private static final Set<String> OF_SENSORS =
      Stream.of(Topics.SENSORS, Topics.AUDIO_FRAMES, Topics.AUDIO_EMBEDDINGS, Topics.HEARTBEATS)
          .map(Topic::name)
          .collect(Collectors.toUnmodifiableSet());

  private final SensorKeyMode mode;
  private final KeySource keys;

  /** Where keys are known. */
  @FunctionalInterface
  public interface KeySource {

    /**
     * The keys of a sensor; null where it has none.
     *
     * @param wanted a key that a record names; where it is not known, it is looked for anew
     */
    @Nullable KnownKeys of(String sensorId, @Nullable KeyId wanted);
  }

  public SignatureCheck(SensorKeyMode mode, KeySource keys) {
    this.mode = mode;
    this.keys = keys;
  }

  /** Asks for nothing. */
  public static SignatureCheck none() {
    return new SignatureCheck(SensorKeyMode.OFF, (sensorId, wanted) -> null);
  }

  /** Whether a topic's records are sensors' own, so that they are signed. */
  public static boolean isOfSensors(String topic) {
    return OF_SENSORS.contains(topic);
  }

  /**
   * Refuses a record that cannot be believed; says nothing of what it says.
   *
   * @throws UnbelievedRecordException saying why
   */
  public void require(
      String topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    if (mode == SensorKeyMode.OFF) {
      return;
    }
    String sensorId = key == null ? "" : new String(key, UTF_8);
    Header header = headers.lastHeader(RecordSignature.HEADER);
    if (header == null || header.value() == null) {
      if (mode == SensorKeyMode.REQUIRED || keys.of(sensorId, null) != null) {
        throw new UnbelievedRecordException(
            "it is not signed, and of sensor '"
                + sensorId
                + "' signed records alone are believed; give it its credentials (tocsin-sensor"
                + " --credentials, ./tocsin fleet add)");
      }
      return;
    }
    RecordSignature signature = RecordSignature.of(header.value());
    KnownKeys known = keys.of(sensorId, signature.keyId());
    if (known == null) {
      if (mode == SensorKeyMode.REQUIRED) {
        throw new UnbelievedRecordException(
            "it is signed with key "
                + signature.keyId()
                + ", and sensor '"
                + sensorId
                + "' has no key; let it in (./tocsin fleet add)");
      }
      return;
    }
    KnownKeys.Known by = known.key(signature.keyId());
    if (by == null) {
      throw new UnbelievedRecordException(
          "it says that it is of sensor '"
              + sensorId
              + "', but is signed with key "
              + signature.keyId()
              + ", which is not one of that sensor's");
    }
    if (by.revokedAt() != null) {
      throw new UnbelievedRecordException(
          "it is signed with key "
              + signature.keyId()
              + " of sensor '"
              + sensorId
              + "', which was revoked at "
              + by.revokedAt());
    }
    if (!fits(by.publicKey(), signature, RecordSignature.message(topic, key, value))) {
      throw new UnbelievedRecordException(
          "its signature with key "
              + signature.keyId()
              + " of sensor '"
              + sensorId
              + "' does not fit it; it was changed, or made for another record");
    }
  }

  static boolean fits(PublicKey key, RecordSignature signature, byte[] message) {
    try {
      Signature check = Signature.getInstance(RecordSignature.ALGORITHM);
      check.initVerify(key);
      check.update(message);
      return check.verify(signature.signature());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}

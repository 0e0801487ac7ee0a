package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SignatureCheckTest {

  private static final String FRAMES = Topics.AUDIO_FRAMES.name();
  private static final byte[] VALUE = {1, 2, 3};

  private final SensorKeyPair ofA = SensorKeyPair.generate();
  private final SensorKeyPair ofB = SensorKeyPair.generate();
  private final Map<String, KnownKeys> known = new HashMap<>();
  private final SignatureCheck required =
      new SignatureCheck(SensorKeyMode.REQUIRED, (sensor, wanted) -> known.get(sensor));
  private final SignatureCheck optional =
      new SignatureCheck(SensorKeyMode.OPTIONAL, (sensor, wanted) -> known.get(sensor));

  private void knows(String sensor, @Nullable Instant revokedAt, SensorKeyPair... pairs)
      throws Exception {
    List<SensorKey> keys = new ArrayList<>();
    for (SensorKeyPair pair : pairs) {
      keys.add(
          SensorKey.newBuilder()
              .setPublicKey(ByteBuffer.wrap(pair.publicKey().getEncoded()))
              .setAddedAt(Instant.EPOCH)
              .setRevokedAt(revokedAt)
              .build());
    }
    known.put(sensor, KnownKeys.of(new SensorKeys(sensor, keys)));
  }

  private static ProducerRecord<String, byte[]> signed(String key, SensorKeyPair pair) {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(FRAMES, key, VALUE);
    new SensorSigner(pair).sign(record);
    return record;
  }

  private static void ask(SignatureCheck check, ProducerRecord<String, byte[]> record) {
    check.require(record.topic(), record.key().getBytes(UTF_8), record.value(), record.headers());
  }

  private void refused(ProducerRecord<String, byte[]> record, String reason) {
    assertThatThrownBy(() -> ask(required, record))
        .isInstanceOf(UnbelievedRecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void whatASensorSignsIsBelieved() throws Exception {
    knows("a", null, ofA);
    ProducerRecord<String, byte[]> record = signed("a", ofA);
    assertThatCode(() -> ask(required, record)).doesNotThrowAnyException();
    assertThatCode(() -> ask(optional, record)).doesNotThrowAnyException();
  }

  @Test
  void bothKeysOfASensorThatWasGivenANewOneAreBelieved() throws Exception {
    SensorKeyPair newer = SensorKeyPair.generate();
    knows("a", null, ofA, newer);
    assertThatCode(() -> ask(required, signed("a", ofA))).doesNotThrowAnyException();
    assertThatCode(() -> ask(required, signed("a", newer))).doesNotThrowAnyException();
  }

  @Test
  void anothersKeyDoesNotSpeakForASensor() throws Exception {
    knows("a", null, ofA);
    knows("b", null, ofB);
    refused(signed("a", ofB), "says that it is of sensor 'a'");
    assertThatThrownBy(() -> ask(optional, signed("a", ofB)))
        .isInstanceOf(UnbelievedRecordException.class);
  }

  @Test
  void aSignatureFitsItsRecordAlone() throws Exception {
    knows("a", null, ofA);
    ProducerRecord<String, byte[]> record = signed("a", ofA);
    record.value()[0] ^= 1;
    refused(record, "does not fit it");
    record.value()[0] ^= 1;
    ProducerRecord<String, byte[]> elsewhere =
        new ProducerRecord<>(
            Topics.HEARTBEATS.name(), null, null, "a", VALUE, signed("a", ofA).headers());
    refused(elsewhere, "does not fit it");
  }

  @Test
  void aWithdrawalIsSignedLikeAnyRecord() throws Exception {
    knows("a", null, ofA);
    ProducerRecord<String, byte[]> withdrawal =
        new ProducerRecord<>(Topics.SENSORS.name(), "a", null);
    refused(withdrawal, "it is not signed");
    new SensorSigner(ofA).sign(withdrawal);
    assertThatCode(() -> ask(required, withdrawal)).doesNotThrowAnyException();
    ProducerRecord<String, byte[]> empty =
        new ProducerRecord<>(
            Topics.SENSORS.name(), null, null, "a", new byte[0], withdrawal.headers());
    refused(empty, "does not fit it");
  }

  @Test
  void aRevokedKeyIsNamedAsSuch() throws Exception {
    knows("a", Instant.parse("2026-05-01T10:00:00Z"), ofA);
    refused(signed("a", ofA), "which was revoked at 2026-05-01T10:00:00Z");
  }

  @Test
  void anUnsignedRecordIsBelievedOnlyWhereNoKeyIsWanted() throws Exception {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(FRAMES, "a", VALUE);
    refused(record, "it is not signed, and of sensor 'a'");
    assertThatCode(() -> ask(optional, record)).doesNotThrowAnyException();
    assertThatCode(() -> ask(SignatureCheck.none(), record)).doesNotThrowAnyException();
    knows("a", null, ofA);
    assertThatThrownBy(() -> ask(optional, record)).isInstanceOf(UnbelievedRecordException.class);
  }

  @Test
  void aSensorWithoutAKeyIsBelievedWhereKeysAreOptional() {
    refused(signed("a", ofA), "sensor 'a' has no key");
    assertThatCode(() -> ask(optional, signed("a", ofA))).doesNotThrowAnyException();
  }

  @Test
  void aHeaderThatIsNoSignatureIsRefused() throws Exception {
    knows("a", null, ofA);
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(FRAMES, "a", VALUE);
    record.headers().add(RecordSignature.HEADER, new byte[] {7, 7});
    refused(record, "has 2 bytes, the first of them 7; 73, the first of them 1, are wanted");
  }

  @Test
  void aSensorWhoseKeysCannotBeReadIsNotBelieved() {
    known.put("a", KnownKeys.UNREADABLE);
    refused(signed("a", ofA), "is not one of that sensor's");
    assertThatThrownBy(() -> ask(optional, new ProducerRecord<>(FRAMES, "a", VALUE)))
        .isInstanceOf(UnbelievedRecordException.class);
  }

  @Test
  void aHeaderReadsBackAsItWasWritten() {
    RecordSignature signature = new SensorSigner(ofA).sign(FRAMES, "a".getBytes(UTF_8), VALUE);
    RecordSignature back = RecordSignature.of(signature.header());
    assertThat(back.keyId()).isEqualTo(KeyId.of(ofA.publicKey()));
    assertThat(back.signature()).isEqualTo(signature.signature());
  }
}

package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.sink.Reading.Letter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterRowTest {

  @Test
  void aLetterStandsAtThePositionOfItsSource() {
    ConsumerRecord<byte[], byte[]> letter = letter("tocsin.detections.v1", "2", "77");
    DeadLetterRow row = DeadLetterRow.of(new Letter(letter));

    assertThat(row.topic()).isEqualTo("tocsin.detections.v1");
    assertThat(row.partition()).isEqualTo(2);
    assertThat(row.offset()).isEqualTo(77);
    assertThat(row.value()).isEqualTo(new byte[] {1, 2, 3});
  }

  @ParameterizedTest
  @CsvSource({
    "bad topic,2,77",
    "t,-1,77",
    "t,2147483648,77",
    "t,2,-7",
    "t,2,99999999999999999999",
    "t,two,7",
    "'',2,7"
  })
  void aLetterThatDoesNotTellItsSourceStandsAtItsOwnPosition(
      String topic, String partition, String offset) {
    DeadLetterRow row = DeadLetterRow.of(new Letter(letter(topic, partition, offset)));

    assertThat(row.topic()).isEqualTo("tocsin.sensors.v1.dlq");
    assertThat(row.partition()).isZero();
    assertThat(row.offset()).isEqualTo(5);
  }

  @Test
  void audioIsWithheldEvenWhereTheHeadersNameAnotherTopic() {
    ConsumerRecord<byte[], byte[]> letter =
        new ConsumerRecord<>("tocsin.audio-frames.v1.dlq", 0, 5, new byte[0], new byte[] {1, 2});
    letter.headers().add(DeadLetters.TOPIC, "t".getBytes(UTF_8));
    letter.headers().add(DeadLetters.PARTITION, "0".getBytes(UTF_8));
    letter.headers().add(DeadLetters.OFFSET, "0".getBytes(UTF_8));
    DeadLetterRow row = DeadLetterRow.of(new Letter(letter));

    assertThat(row.value()).isNull();
    assertThat(row.valueBytes()).isEqualTo(2);
  }

  @Test
  void whatPostgresCannotHoldAsTextIsReplacedOrEncoded() {
    ConsumerRecord<byte[], byte[]> letter = letter("t", "0", "0");
    letter.headers().add(DeadLetters.EXCEPTION_MESSAGE, "a\0b".getBytes(UTF_8));
    letter.headers().add("none", null);
    DeadLetterRow row = DeadLetterRow.of(new Letter(letter));

    assertThat(row.reason()).isEqualTo("a\uFFFDb");
    assertThat(row.headers())
        .contains("{\"name\":\"__connect.errors.exception.message\",\"base64\":\"YQBi\"}")
        .contains("{\"name\":\"none\",\"text\":null}");
  }

  private static ConsumerRecord<byte[], byte[]> letter(
      String topic, String partition, String offset) {
    ConsumerRecord<byte[], byte[]> letter =
        new ConsumerRecord<>("tocsin.sensors.v1.dlq", 0, 5, new byte[0], new byte[] {1, 2, 3});
    letter.headers().add(DeadLetters.TOPIC, topic.getBytes(UTF_8));
    letter.headers().add(DeadLetters.PARTITION, partition.getBytes(UTF_8));
    letter.headers().add(DeadLetters.OFFSET, offset.getBytes(UTF_8));
    return letter;
  }
}

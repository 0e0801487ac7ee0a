package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.DeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Why parts did not take records, as dead-letter topics tell.
 *
 * @param topics reads dead letters
 */
record Refusals(TopicReader topics, Duration patience) {

  /** The reason why {@code part} sent a record to the dead-letter topic. */
  String of(RecordMetadata source, String part) {
    List<String> reasons = new ArrayList<>();
    await()
        .atMost(patience)
        .untilAsserted(
            () -> {
              reasons.clear();
              for (var letter : topics.records(source.topic() + Topic.DLQ_SUFFIX)) {
                if (header(letter, DeadLetters.PARTITION).equals("" + source.partition())
                    && header(letter, DeadLetters.OFFSET).equals("" + source.offset())
                    && header(letter, DeadLetters.CONNECTOR).equals(part)) {
                  reasons.add(
                      header(letter, DeadLetters.EXCEPTION_CLASS)
                          + ": "
                          + header(letter, DeadLetters.EXCEPTION_MESSAGE));
                }
              }
              assertThat(reasons).as("dead letters of %s by %s", source, part).hasSize(1);
            });
    return reasons.get(0);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}

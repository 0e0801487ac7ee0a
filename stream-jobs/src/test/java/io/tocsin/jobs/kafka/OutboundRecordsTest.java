package io.tocsin.jobs.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Verdict;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.schema.wire.TraceParent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboundRecordsTest {

  private static KafkaSettings group(String group) {
    return new KafkaSettings("b:1", "http://r", false, group, true, null, null, null, Map.of());
  }

  private static @Nullable Header header(@Nullable TraceParent trace) {
    OutboundRecords<String, Review> records =
        new OutboundRecords<>(
            Topics.REVIEWS.name(),
            Review::getAlertId,
            alert ->
                Review.newBuilder()
                    .setAlertId(alert)
                    .setVerdict(Verdict.UNCLEAR)
                    .setReviewer("me")
                    .setReviewedAt(Instant.EPOCH)
                    .build(),
            (alert, headers) -> {
              if (trace != null) {
                trace.addTo(headers);
              }
            },
            new RegistrySettings("http://unused", true));
    records.open(new MockSchemaRegistryClient());
    ProducerRecord<byte[], byte[]> record = records.serialize("a", null, null);
    assertThat(record.key()).isEqualTo("a".getBytes(UTF_8));
    return record.headers().lastHeader(TraceParent.HEADER);
  }

  @Test
  void aRecordBearsItsTraceOrNoHeader() {
    TraceParent trace = new TraceParent(1, 2, 3, 1);
    assertThat(header(trace).value()).isEqualTo(trace.toBytes());
    assertThat(header(null)).isNull();
  }

  @Test
  void noTwoSinksNameTheirTransactionsAlike() {
    assertThat(
            List.of(
                OutboundRecords.transactions(group(null), "scoring", "tocsin.detections.v1"),
                OutboundRecords.transactions(group(null), "scoring", "dlq"),
                OutboundRecords.transactions(group(null), "distress", "dlq"),
                OutboundRecords.transactions(group("trial"), "scoring", "tocsin.detections.v1"),
                OutboundRecords.transactions(group("trial"), "scoring", "dlq"),
                OutboundRecords.transactions(group("trial"), "distress", "dlq")))
        .doesNotHaveDuplicates();
  }

  @Test
  void theNamesAreThoseThatTheRolesMayUse() {
    assertThat(OutboundRecords.transactions(group(null), "scoring", "tocsin.detections.v1"))
        .isEqualTo("tocsin-scoring-tocsin.detections.v1");
  }
}

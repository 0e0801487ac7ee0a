package io.tocsin.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.jobs.settings.KafkaSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutboundRecordsTest {

  private static KafkaSettings group(String group) {
    return new KafkaSettings("b:1", "http://r", false, group, true, null, null, null, Map.of());
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

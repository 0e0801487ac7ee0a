package io.tocsin.schema.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

  private static final MetricName NAME =
      new MetricName("last-heartbeat-seconds-ago", "consumer-coordinator-metrics", "", Map.of());

  @Test
  void aConsumerThatItsGroupHearsIsNotSilent() {
    AtomicReference<Double> seconds = new AtomicReference<>(-1.0);
    Metric metric =
        new Metric() {
          @Override
          public MetricName metricName() {
            return NAME;
          }

          @Override
          public Object metricValue() {
            return seconds.get();
          }
        };
    Heartbeats heartbeats = new Heartbeats(() -> Map.of(NAME, metric));

    assertThat(heartbeats.silence()).contains("Kafka has not taken it into its group yet");
    seconds.set(3.0);
    assertThat(heartbeats.silence()).isEmpty();
    seconds.set(31.0);
    assertThat(heartbeats.silence()).contains("Kafka has not heard from it for 31 s");
    seconds.set(0.0);
    assertThat(heartbeats.silence()).isEmpty();
  }

  @Test
  void aConsumerThatTellsNothingIsInNoGroup() {
    assertThat(new Heartbeats(Map::of).silence()).isPresent();
  }
}

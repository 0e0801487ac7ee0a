package io.tocsin.schema.progress;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Whether Kafka still hears a consumer as a member of its group. A consumer whose brokers are away
 * polls on and gets nothing, as one does that has nothing to read; its heartbeats tell the two
 * apart.
 */
public final class Heartbeats {

  /** Beyond Kafka's own interval of three seconds and a rebalance, short of a session's end. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private static final String NAME = "last-heartbeat-seconds-ago";

  private final Supplier<Map<MetricName, ? extends Metric>> metrics;

  /**
   * @param metrics of a consumer, or of several that belong together
   */
  public Heartbeats(Supplier<Map<MetricName, ? extends Metric>> metrics) {
    this.metrics = metrics;
  }

  /** Why the group may not know the consumer; empty while it does. */
  public Optional<String> silence() {
    // Looked up each time: a consumer that is replaced leaves a metric that only grows.
    double seconds = -1;
    for (Map.Entry<MetricName, ? extends Metric> metric : metrics.get().entrySet()) {
      if (metric.getKey().name().equals(NAME)
          && metric.getValue().metricValue() instanceof Number n) {
        seconds = Math.max(seconds, n.doubleValue());
      }
    }
    if (seconds < 0) {
      return Optional.of("Kafka has not taken it into its group yet");
    }
    return seconds > LONGEST.toSeconds()
        ? Optional.of("Kafka has not heard from it for %.0f s".formatted(seconds))
        : Optional.empty();
  }
}

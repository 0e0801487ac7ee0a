package io.tocsin.jobs.health;

import io.tocsin.schema.progress.Heartbeats;
import io.tocsin.schema.progress.Progress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * Whether Kafka Streams gets its records processed, as its state and its metrics tell when they are
 * looked at. A thread that was replaced counts as trouble until none was for a while: threads that
 * die of the same record, one after the other, process much and get nowhere.
 */
final class StreamsProgress {

  /** How often to look. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private static final long CALM_NANOS = Duration.ofSeconds(30).toNanos();
  private static final String THREAD = "stream-thread-metrics";

  private final Progress progress;
  private final Supplier<KafkaStreams.State> state;
  private final Supplier<Map<MetricName, ? extends Metric>> metrics;
  private final Heartbeats heartbeats;
  private final LongSupplier nanos;
  private double polls;
  private double processed;
  private @Nullable String trouble;
  private long troubleAt;

  /**
   * @param nanos a clock that never steps
   */
  StreamsProgress(
      Progress progress,
      Supplier<KafkaStreams.State> state,
      Supplier<Map<MetricName, ? extends Metric>> metrics,
      LongSupplier nanos) {
    this.progress = progress;
    this.state = state;
    this.metrics = metrics;
    this.heartbeats = new Heartbeats(metrics);
    this.nanos = nanos;
  }

  /** A thread has died and was replaced. */
  synchronized void replaced(Throwable reason) {
    trouble = reason.toString();
    troubleAt = nanos.getAsLong();
  }

  /** Looks, and tells the progress. */
  synchronized void look() {
    double polledNow = sum(metric -> isOfThread(metric, "poll-total"));
    double processedNow = sum(metric -> isOfThread(metric, "process-total"));
    Optional<String> waiting = waiting(polledNow > polls, processedNow > processed);
    polls = polledNow;
    processed = processedNow;
    if (waiting.isPresent()) {
      progress.waits(waiting.get());
    } else {
      progress.made();
    }
  }

  private Optional<String> waiting(boolean polling, boolean processing) {
    if (trouble != null && nanos.getAsLong() - troubleAt < CALM_NANOS) {
      return Optional.of("a thread was replaced: " + trouble);
    }
    trouble = null;
    KafkaStreams.State now = state.get();
    if (now != KafkaStreams.State.RUNNING) {
      return Optional.of("Kafka Streams is " + now);
    }
    Optional<String> silence = heartbeats.silence();
    if (silence.isPresent()) {
      return silence;
    }
    if (!polling) {
      return Optional.of("its threads do not ask Kafka for records");
    }
    double behind = sum(StreamsProgress::isLag);
    return behind > 0 && !processing
        ? Optional.of("%.0f records wait in Kafka".formatted(behind))
        : Optional.empty();
  }

  private static boolean isOfThread(MetricName metric, String name) {
    return metric.group().equals(THREAD) && metric.name().equals(name);
  }

  private static boolean isLag(MetricName metric) {
    return metric.name().equals("records-lag")
        && metric.tags().containsKey("partition")
        && !metric.tags().getOrDefault("client-id", "").endsWith("restore-consumer");
  }

  private double sum(Predicate<MetricName> wanted) {
    double sum = 0;
    for (Map.Entry<MetricName, ? extends Metric> metric : metrics.get().entrySet()) {
      if (wanted.test(metric.getKey())
          && metric.getValue().metricValue() instanceof Number n
          && Double.isFinite(n.doubleValue())) {
        sum += n.doubleValue();
      }
    }
    return sum;
  }
}

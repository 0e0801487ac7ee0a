package io.tocsin.jobs.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.progress.Progress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamsProgressTest {

  private record Told(MetricName metricName, Object metricValue) implements Metric {}

  private final AtomicLong nanos = new AtomicLong();
  private final Map<MetricName, Metric> metrics = new LinkedHashMap<>();
  private State state = State.RUNNING;
  private double polls;
  private double processed;
  private final Progress progress = new Progress("status", Duration.ofSeconds(90), nanos::get);
  private final StreamsProgress watch =
      new StreamsProgress(progress, () -> state, () -> metrics, nanos::get);

  @BeforeEach
  void aThreadWithNothingToDo() {
    heartbeatSecondsAgo(1);
    tell("process-total", "stream-thread-metrics", Map.of("thread-id", "1"), 0);
    lag("consumer", 0);
  }

  private void tell(String name, String group, Map<String, String> tags, double value) {
    MetricName metric = new MetricName(name, group, "", tags);
    metrics.put(metric, new Told(metric, value));
  }

  private void heartbeatSecondsAgo(double seconds) {
    tell("last-heartbeat-seconds-ago", "consumer-coordinator-metrics", Map.of(), seconds);
  }

  private void lag(String client, double records) {
    tell(
        "records-lag",
        "consumer-fetch-manager-metrics",
        Map.of("client-id", client, "partition", "0"),
        records);
  }

  private void process(double records) {
    processed += records;
    tell("process-total", "stream-thread-metrics", Map.of("thread-id", "1"), processed);
  }

  private void poll() {
    tell("poll-total", "stream-thread-metrics", Map.of("thread-id", "1"), ++polls);
  }

  /** So many looks, five seconds apart, with a poll between each two. */
  private Progress.Reading after(int looks) {
    for (int i = 0; i < looks; i++) {
      nanos.addAndGet(StreamsProgress.LOOK_EVERY.toNanos());
      poll();
      watch.look();
    }
    return progress.read();
  }

  @Test
  void nothingToProcessIsWell() {
    assertThat(after(40).state()).isEqualTo(Progress.State.WORKING);
  }

  @Test
  void recordsThatWaitWhileOthersAreProcessedAreWell() {
    lag("consumer", 1_000);
    for (int i = 0; i < 40; i++) {
      process(10);
      assertThat(after(1).state()).isEqualTo(Progress.State.WORKING);
    }
  }

  @Test
  void recordsThatWaitWhileNoneIsProcessedAreNot() {
    assertThat(after(1).isWell()).isTrue();
    lag("consumer", 1_000);
    assertThat(after(10).isWell()).isTrue();
    assertThat(after(10).isWell()).isFalse();
    assertThat(progress.read().reason()).endsWith("s: 1000 records wait in Kafka");
    process(1);
    assertThat(after(1).isWell()).isTrue();
  }

  @Test
  void whatRestoringHasYetToReadIsNotWhatWaits() {
    lag("health-StreamThread-1-restore-consumer", 1_000);
    assertThat(after(40).isWell()).isTrue();
  }

  @Test
  void anotherStateThanRunningIsSaid() {
    state = State.REBALANCING;
    assertThat(after(20).reason()).endsWith("Kafka Streams is REBALANCING");
    assertThat(progress.read().isWell()).isFalse();
  }

  @Test
  void aBrokerThatIsAwayIsSaid() {
    heartbeatSecondsAgo(100);
    assertThat(after(20).reason()).endsWith("Kafka has not heard from it for 100 s");
  }

  @Test
  void threadsThatDoNotPollAreSaid() {
    for (int i = 0; i < 20; i++) {
      nanos.addAndGet(StreamsProgress.LOOK_EVERY.toNanos());
      watch.look();
    }
    assertThat(progress.read().reason()).endsWith("its threads do not ask Kafka for records");
  }

  @Test
  void threadsThatDieOneAfterTheOtherGetNowhereThoughTheyProcess() {
    for (int i = 0; i < 10; i++) {
      watch.replaced(new IllegalStateException("no registry"));
      process(10);
      after(2);
    }
    assertThat(progress.read().isWell()).isFalse();
    assertThat(progress.read().reason())
        .endsWith("a thread was replaced: java.lang.IllegalStateException: no registry");

    assertThat(after(7).isWell()).isTrue();
  }
}

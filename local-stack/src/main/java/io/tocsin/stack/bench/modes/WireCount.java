package io.tocsin.stack.bench.modes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;

/**
 * Writes what Kafka's producer says that it has sent, bytes on the wire with all headers, into a
 * file twice a second. Named in the producer's own settings.
 */
public final class WireCount implements MetricsReporter {

  /** The setting that names the file. */
  static final String FILE = "tocsin.wire.count.file";

  private static final String METRIC = "outgoing-byte-total";
  private static final String GROUP = "producer-metrics";
  private static final long EVERY_MILLIS = 500;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tocsin-wire-count");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable Path file;
  private volatile @Nullable KafkaMetric metric;

  /** Kafka makes it. */
  public WireCount() {}

  @Override
  public void configure(Map<String, ?> configs) {
    file = Path.of(String.valueOf(configs.get(FILE)));
  }

  @Override
  public void init(List<KafkaMetric> metrics) {
    metrics.forEach(this::metricChange);
    var unused = executor.scheduleAtFixedRate(this::write, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void metricChange(KafkaMetric changed) {
    if (changed.metricName().name().equals(METRIC) && changed.metricName().group().equals(GROUP)) {
      metric = changed;
    }
  }

  @Override
  public void metricRemoval(KafkaMetric removed) {}

  private void write() {
    KafkaMetric now = metric;
    Path to = file;
    if (now == null || to == null) {
      return;
    }
    try {
      Path draft = to.resolveSibling(to.getFileName() + ".draft");
      Files.writeString(draft, now.metricValue().toString());
      Files.move(draft, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the count of bytes cannot be written", e);
    }
  }

  /** What was last written; 0 before. */
  static double read(Path file) throws IOException {
    try {
      return Double.parseDouble(Files.readString(file));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}

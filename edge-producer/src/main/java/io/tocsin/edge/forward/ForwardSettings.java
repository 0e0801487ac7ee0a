package io.tocsin.edge.forward;

import io.tocsin.edge.spool.DrainOrder;
import io.tocsin.edge.spool.SpoolSettings;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How frames are kept and sent.
 *
 * @param order of stored frames; live ones always go first
 * @param drainBytesPerSecond of stored frames, beside the live ones
 * @param refusedBytes that frames refused for their content may take beside the spool; the oldest
 *     of them make room
 * @param liveFirst whether live records overtake stored ones; else all go in the order in which
 *     they were captured
 */
public record ForwardSettings(
    SpoolSettings spool,
    DrainOrder order,
    long drainBytesPerSecond,
    long refusedBytes,
    boolean liveFirst) {

  /** Stored frames beside live ones, unless told otherwise: 32 sensors' worth of 16 kHz PCM. */
  public static final long DRAIN_BYTES_PER_SECOND = 1 << 20;

  /** Room for refused frames, unless told otherwise. */
  public static final long REFUSED_BYTES = 256L << 20;

  /**
   * Settings of Kafka's client that suit a spool: one that soon gives up is the better one, and
   * what it holds in memory is held on disk as well.
   */
  public static final Map<String, String> KAFKA_CLIENT =
      Map.of(
          ProducerConfig.MAX_BLOCK_MS_CONFIG, "3000",
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000",
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000",
          ProducerConfig.BUFFER_MEMORY_CONFIG, "16777216");

  /**
   * Refuses what cannot work.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public ForwardSettings {
    if (drainBytesPerSecond < 1024) {
      throw new IllegalArgumentException(
          "drain rate is " + drainBytesPerSecond + " B/s; at least 1 KiB/s");
    }
    if (refusedBytes < 0) {
      throw new IllegalArgumentException(
          "room for refused frames is " + refusedBytes + " B; 0 or more");
    }
  }

  /** The oldest first. */
  public static ForwardSettings of(SpoolSettings spool) {
    return new ForwardSettings(
        spool, DrainOrder.OLDEST_FIRST, DRAIN_BYTES_PER_SECOND, REFUSED_BYTES, true);
  }

  /**
   * The same, with everything in the order in which it was captured: for embeddings, which are
   * scored in that order alone.
   *
   * @throws IllegalArgumentException if stored records were to go in another order
   */
  public ForwardSettings inOrder() {
    if (order != DrainOrder.OLDEST_FIRST) {
      throw new IllegalArgumentException(
          "--drain-order is " + order + "; embeddings are scored in order, so OLDEST_FIRST is");
    }
    return new ForwardSettings(spool, order, drainBytesPerSecond, refusedBytes, false);
  }
}

package io.tocsin.edge.forward;

import io.tocsin.edge.FleetProducer;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Frames into Kafka. A connection that cannot be made, such as for want of a name, is retried. */
final class FrameUplink implements Uplink {

  private static final Logger LOG = LoggerFactory.getLogger(FrameUplink.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

  private final FrameRecords records;
  private final Supplier<FleetProducer> connector;
  private @Nullable FleetProducer producer;

  FrameUplink(FrameRecords records, Supplier<FleetProducer> connector) {
    this.records = records;
    this.connector = connector;
  }

  /** The connection; made when it is first asked for. */
  synchronized FleetProducer producer() {
    if (producer == null) {
      try {
        producer = connector.get();
      } catch (KafkaException e) {
        throw new NoConnectionException(e);
      }
    }
    return producer;
  }

  @Override
  public CompletionStage<?> send(byte[] body, long storedMillis) {
    SpecificRecord record = records.decode(body);
    if (record instanceof AudioEmbedding embedding) {
      embedding.setStoredMillis(storedMillis);
      return producer().send(embedding);
    }
    AudioFrame frame = (AudioFrame) record;
    frame.setStoredMillis(storedMillis);
    return producer().send(frame);
  }

  @Override
  public synchronized void reconnect() {
    FleetProducer old = producer;
    producer = null;
    if (old != null) {
      LOG.info("the connection to Kafka is made anew");
      old.close(Duration.ZERO);
    }
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      producer.close(CLOSE_WITHIN);
      producer = null;
    }
  }

  /** The client could not even be made; the record is not to blame. */
  static final class NoConnectionException extends RetriableException {
    private static final long serialVersionUID = 1L;

    NoConnectionException(KafkaException cause) {
      super("no connection to Kafka can be made: " + rootOf(cause).getMessage(), cause);
    }

    private static Throwable rootOf(Throwable e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return root;
    }
  }
}

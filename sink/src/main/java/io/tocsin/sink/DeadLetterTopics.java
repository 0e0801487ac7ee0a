package io.tocsin.sink;

import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.sink.Reading.Refused;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends refused records to the dead-letter topic of their own topic. The row of tocsin.dead_letter
 * holds the record too, so a topic that does not take it stops nothing.
 */
final class DeadLetterTopics implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterTopics.class);

  private final Producer<byte[], byte[]> producer;
  private final Set<String> sent = new HashSet<>();

  DeadLetterTopics(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Sends records and waits for Kafka's word, except those sent since {@link #forget}. */
  void send(Collection<Refused> refused) {
    Map<Refused, Future<?>> sending = new LinkedHashMap<>();
    KafkaException unsendable = null;
    for (Refused one : refused) {
      if (sent.contains(position(one))) {
        continue;
      }
      try {
        if (unsendable == null) {
          sending.put(one, producer.send(letter(one)));
          continue;
        }
      } catch (TimeoutException e) {
        // Another try would wait as long, and a transaction waits with it.
        unsendable = e;
      } catch (KafkaException e) {
        notSent(one, e);
        continue;
      }
      notSent(one, unsendable);
    }
    sending.forEach(this::await);
  }

  /** Lets records be sent again: the batch that they were refused in has been written. */
  void forget() {
    sent.clear();
  }

  @Override
  public void close() {
    producer.close();
  }

  private void await(Refused refused, Future<?> sending) {
    try {
      sending.get();
      sent.add(position(refused));
      LOG.warn(
          "event=dead-letter topic={} partition={} offset={} stage={} reason=\"{}\"",
          refused.source().topic(),
          refused.source().partition(),
          refused.source().offset(),
          refused.stage(),
          refused.reason());
    } catch (ExecutionException e) {
      notSent(refused, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      notSent(refused, e);
    }
  }

  private static void notSent(Refused refused, Throwable error) {
    LOG.error(
        "event=dead-letter-not-sent topic={} partition={} offset={} reason=\"{}\"",
        refused.source().topic(),
        refused.source().partition(),
        refused.source().offset(),
        error.toString());
  }

  private static ProducerRecord<byte[], byte[]> letter(Refused refused) {
    ConsumerRecord<byte[], byte[]> source = refused.source();
    return new ProducerRecord<>(
        source.topic() + Topic.DLQ_SUFFIX,
        null,
        null,
        source.key(),
        source.value(),
        DeadLetters.headers(
            source.topic(),
            source.partition(),
            source.offset(),
            source.headers(),
            SinkLoop.PART,
            refused.stage(),
            refused.errorClass(),
            refused.reason()));
  }

  private static String position(Refused refused) {
    ConsumerRecord<byte[], byte[]> source = refused.source();
    return source.topic() + ' ' + source.partition() + ' ' + source.offset();
  }
}

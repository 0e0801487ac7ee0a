package io.tocsin.jobs.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.schema.wire.ImplausibleRecordException;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes to records; what is no record goes to the dead-letter topic and stops nothing. */
final class DecodingProcessor<T extends SpecificRecord>
    implements Processor<byte[], byte[], Object, Object> {

  private static final Logger LOG = LoggerFactory.getLogger(DecodingProcessor.class);

  private final ConfluentAvroDeserializer<T> deserializer;
  private final SignatureCheck signatures;
  private ProcessorContext<Object, Object> context;
  private Sensor deadLetters;

  DecodingProcessor(ConfluentAvroDeserializer<T> deserializer, SignatureCheck signatures) {
    this.signatures = signatures;
    this.deserializer = deserializer;
  }

  @Override
  public void init(ProcessorContext<Object, Object> processorContext) {
    context = processorContext;
    deadLetters =
        processorContext
            .metrics()
            .addRateTotalSensor(
                "tocsin",
                processorContext.taskId().toString(),
                "dead-letters",
                Sensor.RecordingLevel.INFO);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at = context.recordMetadata().orElseThrow();
    byte @Nullable [] rawKey = record.key();
    String key = rawKey == null ? null : new String(rawKey, UTF_8);
    try {
      signatures.require(at.topic(), rawKey, record.value(), record.headers());
      @Nullable T value = deserializer.deserialize(at.topic(), record.value());
      if (value == null) {
        throw new ImplausibleRecordException("value is null; " + at.topic() + " has no tombstones");
      }
      Optional<String> problem = Plausibility.problemOf(key, value, Instant.now());
      if (problem.isPresent()) {
        throw new ImplausibleRecordException(problem.get());
      }
      context.forward(
          new Record<Object, Object>(key, value, record.timestamp()), SensorHealthTopology.HEALTH);
    } catch (UndecodableRecordException
        | ImplausibleRecordException
        | UnbelievedRecordException e) {
      boolean undecodable = e instanceof UndecodableRecordException;
      deadLetters.record();
      LOG.warn(
          "event=dead-letter topic={} partition={} offset={} reason=\"{}\"",
          at.topic(),
          at.partition(),
          at.offset(),
          e.getMessage());
      Headers headers =
          DeadLetters.headers(
              at.topic(),
              at.partition(),
              at.offset(),
              record.headers(),
              SensorHealthTopology.PART,
              undecodable ? "DECODE" : "CHECK",
              e.getClass().getName(),
              String.valueOf(e.getMessage()));
      context.forward(
          new Record<Object, Object>(rawKey, record.value(), record.timestamp(), headers),
          SensorHealthTopology.DLQ_SINK);
    }
  }
}

package io.tocsin.schema;

import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * A Kafka topic and its contract.
 *
 * @param name the topic's name, such as {@code tocsin.detections.v1}
 * @param valueType the record type of its values
 * @param key reads a value's key
 * @param settings the topic's configuration as Kafka's {@code TopicConfig} names it
 */
public record Topic<T extends SpecificRecord>(
    String name, Class<T> valueType, Function<T, String> key, Map<String, String> settings) {

  /** Suffix of every dead-letter topic. */
  public static final String DLQ_SUFFIX = ".dlq";

  public Topic {
    settings = Map.copyOf(settings);
  }

  /** The topic that takes this topic's undecodable or implausible records. */
  public String dlq() {
    return name + DLQ_SUFFIX;
  }

  /** The registry subject of the values, by Confluent's TopicNameStrategy. */
  public String subject() {
    return name + "-value";
  }

  /** The schema that this build writes and reads. */
  public Schema schema() {
    return SpecificData.get().getSchema(valueType);
  }

  /** The key under which {@code value} belongs. */
  public String keyOf(T value) {
    return key.apply(value);
  }
}

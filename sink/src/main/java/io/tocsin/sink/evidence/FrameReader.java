package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads sensors' frames of a span from Kafka, in one pass over the partitions that hold them.
 * Frames of other sensors are passed over by their key, undecoded. Not safe for use by several
 * threads.
 */
final class FrameReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FrameReader.class);
  private static final String TOPIC = Topics.AUDIO_FRAMES.name();
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  /**
   * A record's timestamp is when it was sent, after its audio was captured; so reading begins at
   * the span's start, less this for sensors whose clocks are ahead of the producer's.
   */
  private static final Duration CLOCK_AHEAD = Duration.ofSeconds(30);

  private final Consumer<byte[], byte[]> consumer;
  private final ConfluentAvroDeserializer<AudioFrame> deserializer;
  private final SignatureCheck signatures;

  /**
   * @param signatures what is asked of frames
   */
  FrameReader(
      Consumer<byte[], byte[]> consumer, SchemaRegistryClient registry, SignatureCheck signatures) {
    this.signatures = signatures;
    this.consumer = consumer;
    this.deserializer = new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
  }

  /**
   * The frames of sensors, each from the partition of its key as Kafka's producers choose it.
   *
   * @param sentBefore frames that were sent later are left out
   * @throws TimeoutException if Kafka does not answer, and what else its client throws: try again
   * @throws io.tocsin.schema.wire.RegistryUnavailableException if the registry does not answer
   */
  FoundFrames read(Collection<String> sensorIds, EvidenceSpan span, Instant sentBefore) {
    int partitions = partitions();
    Map<TopicPartition, Set<String>> wanted = new HashMap<>();
    for (String sensorId : sensorIds) {
      int partition = Utils.toPositive(Utils.murmur2(sensorId.getBytes(UTF_8))) % partitions;
      wanted
          .computeIfAbsent(new TopicPartition(TOPIC, partition), p -> new HashSet<>())
          .add(sensorId);
    }
    return read(wanted, span, sentBefore);
  }

  /**
   * The frames of sensors, from every partition: producers of other makes choose partitions their
   * own way, and the number of partitions may have grown.
   */
  FoundFrames readEverywhere(Collection<String> sensorIds, EvidenceSpan span, Instant sentBefore) {
    Map<TopicPartition, Set<String>> wanted = new HashMap<>();
    for (int p = 0; p < partitions(); p++) {
      wanted.put(new TopicPartition(TOPIC, p), Set.copyOf(sensorIds));
    }
    return read(wanted, span, sentBefore);
  }

  @Override
  public void close() {
    consumer.close();
  }

  private int partitions() {
    int partitions = consumer.partitionsFor(TOPIC).size();
    if (partitions == 0) {
      throw new TimeoutException("topic " + TOPIC + " is not there; create it with tocsin init");
    }
    return partitions;
  }

  private FoundFrames read(
      Map<TopicPartition, Set<String>> wanted, EvidenceSpan span, Instant sentBefore) {
    Pass pass = new Pass(wanted, span, sentBefore);
    pass.begin();
    pass.run();
    consumer.unsubscribe();
    return new FoundFrames(pass.frames, pass.passed, pass.expired);
  }

  private final class Pass {

    private final Map<TopicPartition, Set<String>> wanted;
    private final EvidenceSpan span;
    private final long sentBeforeMillis;
    private final Map<String, List<CapturedFrame>> frames = new TreeMap<>();
    private final Set<String> passed = new HashSet<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private boolean expired;

    Pass(Map<TopicPartition, Set<String>> wanted, EvidenceSpan span, Instant sentBefore) {
      this.wanted = wanted;
      this.span = span;
      this.sentBeforeMillis = sentBefore.toEpochMilli();
      wanted.values().forEach(ids -> ids.forEach(id -> frames.put(id, new ArrayList<>())));
    }

    void begin() {
      consumer.assign(wanted.keySet());
      long sinceMillis = span.from().minus(CLOCK_AHEAD).toEpochMilli();
      Map<TopicPartition, Long> times = new HashMap<>();
      wanted.keySet().forEach(p -> times.put(p, sinceMillis));
      Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
      Map<TopicPartition, Long> firsts = consumer.beginningOffsets(wanted.keySet());
      ends.putAll(consumer.endOffsets(wanted.keySet()));
      for (TopicPartition partition : wanted.keySet()) {
        OffsetAndTimestamp start = starts.get(partition);
        long first = firsts.getOrDefault(partition, 0L);
        if (start == null) {
          // Nothing was sent since. If all that was sent before is gone, it may be gone too.
          expired |= first > 0 && first >= ends.getOrDefault(partition, 0L);
          ends.remove(partition);
        } else {
          expired |= first > 0 && start.offset() <= first;
          consumer.seek(partition, start.offset());
        }
      }
      consumer.pause(closed());
    }

    void run() {
      long giveUpAt = System.nanoTime() + ANSWER_WITHIN.toNanos();
      while (!ends.isEmpty()) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        for (TopicPartition partition : Set.copyOf(ends.keySet())) {
          for (ConsumerRecord<byte[], byte[]> record : polled.records(partition)) {
            take(partition, record);
          }
          if (consumer.position(partition) >= ends.getOrDefault(partition, 0L)) {
            ends.remove(partition);
          }
        }
        consumer.pause(closed());
        if (!polled.isEmpty()) {
          giveUpAt = System.nanoTime() + ANSWER_WITHIN.toNanos();
        } else if (System.nanoTime() > giveUpAt) {
          throw new TimeoutException(
              "no frames of " + ends.keySet() + " within " + ANSWER_WITHIN + "; is Kafka there?");
        }
      }
    }

    private Set<TopicPartition> closed() {
      Set<TopicPartition> closed = new HashSet<>(wanted.keySet());
      closed.removeAll(ends.keySet());
      return closed;
    }

    private void take(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
      if (!ends.containsKey(partition)) {
        return;
      }
      if (record.timestamp() > sentBeforeMillis) {
        ends.remove(partition);
        return;
      }
      String key = record.key() == null ? "" : new String(record.key(), UTF_8);
      Set<String> ofPartition = wanted.getOrDefault(partition, Set.of());
      if (!ofPartition.contains(key) || record.value() == null) {
        return;
      }
      keep(key, record);
      if (passed.containsAll(ofPartition)) {
        ends.remove(partition);
      }
    }

    private void keep(String sensorId, ConsumerRecord<byte[], byte[]> record) {
      try {
        signatures.require(TOPIC, record.key(), record.value(), record.headers());
        AudioFrame frame = deserializer.deserialize(TOPIC, record.value());
        Instant sentAt = Instant.ofEpochMilli(record.timestamp());
        boolean before =
            frame.getCapturedAt().plus(Plausibility.LONGEST_FRAME).isBefore(span.from());
        if (before || Plausibility.problemOf(sensorId, frame, sentAt).isPresent()) {
          return;
        }
        long capturedAtMicros = ChronoUnit.MICROS.between(Instant.EPOCH, frame.getCapturedAt());
        CapturedFrame captured =
            new CapturedFrame(
                frame.getBootId(),
                frame.getSequence(),
                capturedAtMicros,
                frame.getSampleRateHertz(),
                samples(frame));
        Instant end = Instant.EPOCH.plus(captured.endMicros(), ChronoUnit.MICROS);
        if (!end.isBefore(span.until())) {
          passed.add(sensorId);
        }
        if (end.isAfter(span.from()) && frame.getCapturedAt().isBefore(span.until())) {
          listOf(sensorId).add(captured);
        }
      } catch (UndecodableRecordException
          | UnbelievedRecordException
          | UnreadableAudioException e) {
        // Scoring makes it a dead letter; here it shows as a gap.
        LOG.debug(
            "event=frame-unreadable partition={} offset={} reason=\"{}\"",
            record.partition(),
            record.offset(),
            e.getMessage());
      }
    }

    private List<CapturedFrame> listOf(String sensorId) {
      return frames.computeIfAbsent(sensorId, s -> new ArrayList<>());
    }
  }

  private static short[] samples(AudioFrame frame) throws UnreadableAudioException {
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE) {
      return Pcm16.decode(frame.getSamples());
    }
    int most = Math.toIntExact(Plausibility.LONGEST_FRAME.toSeconds() * frame.getSampleRateHertz());
    return FlacFrames.decode(frame.getSamples(), "samples", most);
  }
}

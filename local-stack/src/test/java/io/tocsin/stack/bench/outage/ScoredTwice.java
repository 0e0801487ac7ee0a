package io.tocsin.stack.bench.outage;

import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.scoring.ScoringPipeline;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A fleet's frames as they came through an outage, and once more, of sensors of other names, as if
 * there had been none: in order, each once, all live. ScoringJob hears both.
 *
 * @param framesSentLater of the first fleet's frames those that came from its store
 * @param withOutage what was detected, away from the outage's edges
 * @param withoutOutage what was detected of the other fleet, there
 */
record ScoredTwice(long framesSentLater, Set<String> withOutage, Set<String> withoutOutage) {

  private static final String CALM = "calm-";
  private static final Duration NEAR = Duration.ofMillis(400);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static ScoredTwice of(OutageRig rig, int partitions) throws Exception {
    SchemaRegistryClient registry = rig.registryClient();
    Map<String, TreeMap<Instant, AudioFrame>> captured = new TreeMap<>();
    for (AudioFrame frame : all(rig, Topics.AUDIO_FRAMES, partitions)) {
      captured
          .computeIfAbsent(frame.getSensorId(), s -> new TreeMap<>())
          .merge(
              frame.getCapturedAt(),
              frame,
              (a, b) -> a.getStoredMillis() <= b.getStoredMillis() ? a : b);
    }
    Map<String, TreeSet<Instant>> edges = new HashMap<>();
    captured.forEach((sensor, frames) -> edges.put(sensor, edges(frames)));
    long later =
        captured.values().stream()
            .flatMap(f -> f.values().stream())
            .filter(f -> f.getStoredMillis() > 0)
            .count();
    sendCalmly(rig, registry, captured);

    JobClient job = score(rig);
    try {
      // The last sounds come out in silence; what comes after all would make the sets differ.
      List<Integer> sizes = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(3))
          .until(
              () -> {
                sizes.add(all(rig, Topics.DETECTIONS, partitions).size());
                int looks = sizes.size();
                return looks > 3
                    && sizes.get(looks - 1) > captured.size()
                    && sizes.get(looks - 1).equals(sizes.get(looks - 4));
              });
    } finally {
      job.cancel().get();
    }

    Set<String> with = new TreeSet<>();
    Set<String> without = new TreeSet<>();
    for (Detection d : all(rig, Topics.DETECTIONS, partitions)) {
      boolean calm = d.getSensorId().startsWith(CALM);
      String sensor = calm ? d.getSensorId().substring(CALM.length()) : d.getSensorId();
      Instant onset = d.getOnsetAt();
      if (edges.get(sensor).subSet(onset.minus(NEAR), onset.plus(NEAR)).isEmpty()) {
        (calm ? without : with)
            .add(
                "%s %s %s %s %d %s"
                    .formatted(
                        sensor,
                        d.getLabel(),
                        onset,
                        d.getScore(),
                        d.getOnsetSigmaMicros(),
                        d.getEndAt()));
      }
    }
    return new ScoredTwice(later, with, without);
  }

  /** Where live frames end and stored ones begin, and the other way round. */
  private static TreeSet<Instant> edges(TreeMap<Instant, AudioFrame> frames) {
    TreeSet<Instant> edges = new TreeSet<>();
    AudioFrame before = null;
    for (AudioFrame frame : frames.values()) {
      if (before != null && (before.getStoredMillis() > 0) != (frame.getStoredMillis() > 0)) {
        edges.add(frame.getCapturedAt());
      }
      before = frame;
    }
    return edges;
  }

  private static void sendCalmly(
      OutageRig rig,
      SchemaRegistryClient registry,
      Map<String, TreeMap<Instant, AudioFrame>> captured)
      throws Exception {
    String kafka = String.valueOf(rig.kafkaAddress().get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
    try (FleetProducer producer = FleetProducer.connect(kafka, registry, false, Map.of())) {
      for (Map.Entry<String, TreeMap<Instant, AudioFrame>> sensor : captured.entrySet()) {
        String name = CALM + sensor.getKey();
        producer
            .register(
                SensorIdentity.of(
                        name, 52.5, 13.4, 400, sensor.getValue().firstEntry().getValue().getClock())
                    .sensor())
            .get();
        for (AudioFrame frame : sensor.getValue().values()) {
          var unused =
              producer.send(
                  AudioFrame.newBuilder(frame).setSensorId(name).setStoredMillis(0).build());
        }
      }
      producer.flush();
    }
  }

  /** A small bundle that hears glass in loud noise. */
  private static JobClient score(OutageRig rig) throws Exception {
    Path bundle = Path.of("../stream-jobs/src/test/resources/tiny-bundle").toAbsolutePath();
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    ScoringJobSettings settings =
        SettingsFile.read(
            ScoringJobSettings.class,
            "--kafka.bootstrapServers="
                + rig.kafkaAddress().get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG),
            "--kafka.registryUrl=" + rig.registryUrl(),
            "--kafka.exactlyOnce=false",
            "--bundle=" + bundle,
            "--callers=1",
            "--silenceFlush=PT5S");
    ScoringPipeline.build(environment, settings, ModelBundle.load(bundle));
    return environment.executeAsync("scored-twice");
  }

  private static <T extends SpecificRecord> List<T> all(
      OutageRig rig, Topic<T> topic, int partitions) {
    ConfluentAvroDeserializer<T> deserializer =
        new ConfluentAvroDeserializer<>(rig.registryClient(), topic.valueType());
    Map<String, Object> settings = new HashMap<>(rig.kafkaAddress());
    List<T> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          java.util.stream.IntStream.range(0, partitions)
              .mapToObj(p -> new TopicPartition(topic.name(), p))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (all.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          records.add(deserializer.deserialize(record.topic(), record.value()));
        }
      }
    }
    return records;
  }
}

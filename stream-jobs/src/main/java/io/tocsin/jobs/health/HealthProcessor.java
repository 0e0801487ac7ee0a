package io.tocsin.jobs.health;

import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.SensorState;
import io.tocsin.schema.avro.SensorStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each sensor's last heartbeat and its detections by minute; says so whenever the sensor's
 * state changes, and once a check interval otherwise when its figures moved.
 */
final class HealthProcessor implements Processor<Object, Object, String, SensorStatus> {

  private static final long MINUTE_MILLIS = 60_000;
  private static final String SEPARATOR = "\u0000";

  private final SensorHealthSettings settings;
  private final HealthRules rules;
  private ProcessorContext<String, SensorStatus> context;
  private KeyValueStore<String, Heartbeat> heartbeats;
  private KeyValueStore<String, SensorStatus> statuses;
  private KeyValueStore<String, Long> minuteCounts;

  HealthProcessor(SensorHealthSettings settings) {
    this.settings = settings;
    this.rules = new HealthRules(settings);
  }

  @Override
  public void init(ProcessorContext<String, SensorStatus> processorContext) {
    context = processorContext;
    heartbeats = processorContext.getStateStore(SensorHealthTopology.HEARTBEAT_STORE);
    statuses = processorContext.getStateStore(SensorHealthTopology.STATUS_STORE);
    minuteCounts = processorContext.getStateStore(SensorHealthTopology.RATE_STORE);
    processorContext.schedule(
        settings.checkEvery(), PunctuationType.WALL_CLOCK_TIME, this::checkAll);
  }

  @Override
  public void process(Record<Object, Object> record) {
    if (record.value() instanceof Heartbeat heartbeat) {
      heartbeats.put(heartbeat.getSensorId(), heartbeat);
      SensorStatus was = statuses.get(heartbeat.getSensorId());
      SensorStatus is = status(heartbeat, record.timestamp(), record.timestamp(), was, Map.of());
      if (was != null) {
        is.setDetectionsPerHour(was.getDetectionsPerHour());
      }
      if (was == null || !is.getState().equals(was.getState())) {
        publish(is);
      } else {
        statuses.put(is.getSensorId(), is);
      }
    } else if (record.value() instanceof Detection detection) {
      String key =
          detection.getSensorId()
              + SEPARATOR
              + detection.getLabel()
              + SEPARATOR
              + String.format("%019d", record.timestamp() / MINUTE_MILLIS);
      Long count = minuteCounts.get(key);
      minuteCounts.put(key, count == null ? 1 : count + 1);
    }
  }

  private void checkAll(long nowMillis) {
    Map<String, Map<String, Double>> rates = ratesAndForgetOld(nowMillis);
    List<KeyValue<String, SensorStatus>> known = new ArrayList<>();
    try (KeyValueIterator<String, SensorStatus> all = statuses.all()) {
      all.forEachRemaining(known::add);
    }
    for (KeyValue<String, SensorStatus> entry : known) {
      SensorStatus was = entry.value;
      Heartbeat heartbeat = heartbeats.get(entry.key);
      if (heartbeat == null) {
        continue;
      }
      SensorStatus is =
          status(
              heartbeat,
              was.getLastSeenAt().toEpochMilli(),
              nowMillis,
              was,
              rates.getOrDefault(entry.key, Map.of()));
      boolean stateChanged = is.getState() != was.getState();
      boolean ratesMoved = !is.getDetectionsPerHour().equals(was.getDetectionsPerHour());
      if (stateChanged || ratesMoved) {
        publish(is);
      }
    }
  }

  private Map<String, Map<String, Double>> ratesAndForgetOld(long nowMillis) {
    long oldestMinute = (nowMillis - settings.rateWindow().toMillis()) / MINUTE_MILLIS;
    double perHour = 3_600_000.0 / settings.rateWindow().toMillis();
    Map<String, Map<String, Double>> rates = new TreeMap<>();
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, Long> all = minuteCounts.all()) {
      while (all.hasNext()) {
        KeyValue<String, Long> entry = all.next();
        String[] parts = entry.key.split(SEPARATOR, -1);
        if (Long.parseLong(parts[2]) < oldestMinute) {
          old.add(entry.key);
        } else {
          rates
              .computeIfAbsent(parts[0], s -> new TreeMap<>())
              .merge(parts[1], entry.value * perHour, Double::sum);
        }
      }
    }
    old.forEach(minuteCounts::delete);
    return rates;
  }

  private SensorStatus status(
      Heartbeat heartbeat,
      long seenAtMillis,
      long nowMillis,
      @Nullable SensorStatus was,
      Map<String, Double> rates) {
    HealthRules.Verdict verdict = rules.judge(heartbeat, seenAtMillis, nowMillis);
    SensorState state = verdict.state();
    Instant since =
        was != null && was.getState() == state ? was.getSince() : Instant.ofEpochMilli(nowMillis);
    return SensorStatus.newBuilder()
        .setSensorId(heartbeat.getSensorId())
        .setState(state)
        .setReason(verdict.reason())
        .setSince(since)
        .setLastSeenAt(Instant.ofEpochMilli(seenAtMillis))
        .setClock(heartbeat.getClock())
        .setClockOffsetMillis(HealthRules.offsetMillis(heartbeat, seenAtMillis))
        .setLevelDbfs(heartbeat.getLevelDbfs())
        .setSpoolAgeMillis(heartbeat.getSpoolAgeMillis())
        .setDetectionsPerHour(rates)
        .build();
  }

  private void publish(SensorStatus status) {
    statuses.put(status.getSensorId(), status);
    context.forward(
        new Record<>(status.getSensorId(), status, System.currentTimeMillis()),
        SensorHealthTopology.STATUS_SINK);
  }
}

package io.tocsin.stack.bench.cluster;

import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.stack.bench.association.CityLoad;
import io.tocsin.stack.bench.sink.LoadedTopic;
import io.tocsin.stack.cluster.Cluster;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A city's sensors and what they picked, up to a minute ago, into Kafka. */
final class PickTopic {

  private static final Duration AGO = Duration.ofMinutes(1);
  private static final double ACCURACY_METRES = 2.5;
  private static final float LEVEL_DBFS = -30;
  private static final ModelRef MODEL = new ModelRef("bench", "1", "0".repeat(64));

  private PickTopic() {}

  /** Publishes everything and waits until Kafka has it. */
  static void preload(Cluster cluster, CityLoad city) throws InterruptedException {
    try (LoadedTopic<Sensor> sensors =
        new LoadedTopic<>(Topics.SENSORS, cluster.registryClient(), cluster.kafkaSettings())) {
      Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
      city.sites().forEach(site -> sensors.send(sensor(site, now)));
      var unused = sensors.ends();
    }
    long last = city.picks().stream().mapToLong(Pick::endMicros).max().orElseThrow();
    long shift = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().minus(AGO)) - last;
    try (LoadedTopic<Detection> detections =
        new LoadedTopic<>(Topics.DETECTIONS, cluster.registryClient(), cluster.kafkaSettings())) {
      city.picks().forEach(pick -> detections.send(detection(pick, shift)));
      var unused = detections.ends();
    }
  }

  private static Sensor sensor(SensorSite site, Instant now) {
    return Sensor.newBuilder()
        .setSensorId(site.sensorId())
        .setPlace(
            new Place(
                site.place().latitudeDegrees(),
                site.place().longitudeDegrees(),
                null,
                ACCURACY_METRES))
        .setAudibleRadiusMetres(site.audibleRadiusMetres())
        .setRegisteredAt(now)
        .build();
  }

  private static Detection detection(Pick pick, long shiftMicros) {
    return Detection.newBuilder()
        .setDetectionId(pick.detectionId())
        .setSensorId(pick.sensorId())
        .setPlace(
            new Place(
                pick.place().latitudeDegrees(),
                pick.place().longitudeDegrees(),
                null,
                ACCURACY_METRES))
        .setLabel(pick.label())
        .setProbability(pick.probability())
        .setScore((float) pick.probability())
        .setOnsetAt(instant(pick.onsetMicros() + shiftMicros))
        .setOnsetSigmaMicros(pick.onsetSigmaMicros())
        .setEndAt(instant(pick.endMicros() + shiftMicros))
        .setLevelDbfs(LEVEL_DBFS)
        .setClock(new Clock(ClockSource.GPS, pick.clockUncertaintyMicros()))
        .setModel(MODEL)
        .build();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}

package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.sink.BulkStatement.Column;
import io.tocsin.sink.Reading.Accepted;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/** Every place a sensor has been at: a registration adds a row where it changes the place. */
final class PlaceHistoryTable implements Table<Sensor> {

  private static final String NAME = "tocsin.sensor_place_history";

  private static final Comparator<Sensor> BY_SENSOR_AND_TIME =
      Comparator.comparing(Sensor::getSensorId).thenComparing(Sensor::getRegisteredAt);

  /**
   * A registration is compared with the one before it in the batch, and the first of a batch with
   * the row in force at its time.
   */
  private static final BulkStatement<Sensor> ADD =
      new BulkStatement<>(
          """
          WITH registration AS (
            SELECT sensor_id, tocsin.instant(registered_us) AS since,
              tocsin.point(lon, lat) AS place, altitude_m, accuracy_m
            FROM {rows}),
          step AS (
            SELECT n.*, lag(since) OVER w AS former_since, lag(place) OVER w AS former_place,
              lag(altitude_m) OVER w AS former_altitude_m,
              lag(accuracy_m) OVER w AS former_accuracy_m
            FROM registration AS n WINDOW w AS (PARTITION BY sensor_id ORDER BY since)),
          former AS (
            SELECT s.sensor_id, s.since, s.place, s.altitude_m, s.accuracy_m,
              CASE WHEN s.former_since IS NULL THEN h.place ELSE s.former_place END AS old_place,
              CASE WHEN s.former_since IS NULL THEN h.altitude_m ELSE s.former_altitude_m END
                AS old_altitude_m,
              CASE WHEN s.former_since IS NULL THEN h.accuracy_m ELSE s.former_accuracy_m END
                AS old_accuracy_m
            FROM step AS s
            LEFT JOIN LATERAL (
              SELECT * FROM tocsin.sensor_place_history AS h
              WHERE h.sensor_id = s.sensor_id AND s.since >= h.since
              ORDER BY h.since DESC LIMIT 1) AS h ON true)
          INSERT INTO tocsin.sensor_place_history (sensor_id, since, place, altitude_m, accuracy_m)
          SELECT sensor_id, since, place, altitude_m, accuracy_m FROM former
          WHERE old_place IS NULL OR NOT old_place = place
            OR (altitude_m, accuracy_m) IS DISTINCT FROM (old_altitude_m, old_accuracy_m)
          ORDER BY sensor_id, since
          ON CONFLICT (sensor_id, since) DO UPDATE SET
            place = excluded.place,
            altitude_m = excluded.altitude_m,
            accuracy_m = excluded.accuracy_m
          """,
          List.of(
              new Column<>("sensor_id", "text", Sensor::getSensorId),
              new Column<>("registered_us", "int8", s -> micros(s.getRegisteredAt())),
              new Column<>("lon", "float8", s -> s.getPlace().getLongitudeDegrees()),
              new Column<>("lat", "float8", s -> s.getPlace().getLatitudeDegrees()),
              new Column<>("altitude_m", "float8", s -> s.getPlace().getAltitudeMetres()),
              new Column<>("accuracy_m", "float8", s -> s.getPlace().getAccuracyMetres())));

  @Override
  public Topic<Sensor> topic() {
    return Topics.SENSORS;
  }

  @Override
  public Map<String, Integer> write(Handle handle, List<Accepted<Sensor>> records) {
    TreeSet<Sensor> registrations = new TreeSet<>(BY_SENSOR_AND_TIME);
    for (Published<Sensor> registration : Published.values(records)) {
      registrations.remove(registration.value());
      registrations.add(registration.value());
    }
    return Map.of(NAME, ADD.execute(handle, registrations));
  }
}

package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SoundEvent;
import io.tocsin.sink.BulkStatement.Column;
import io.tocsin.sink.Reading.Accepted;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** Sound events at their highest revision; without those that were withdrawn. */
final class SoundEventTable implements Table<SoundEvent> {

  private static final String NAME = "tocsin.sound_event";

  private static final BulkStatement<Published<SoundEvent>> UPSERT =
      new BulkStatement<>(
          """
          INSERT INTO tocsin.sound_event AS t (
            event_id, revision, label, origin_at, origin_sigma_us, place, ellipse, semi_major_m,
            semi_minor_m, azimuth_deg, method, azimuthal_gap_deg, picks, silent_sensors,
            log_likelihood_ratio, published_at)
          SELECT event_id, revision, label, tocsin.instant(origin_us), origin_sigma_us,
            tocsin.point(lon, lat),
            tocsin.ellipse(tocsin.point(lon, lat), semi_major_m, semi_minor_m, azimuth_deg),
            semi_major_m, semi_minor_m, azimuth_deg, method, azimuthal_gap_deg, picks,
            ARRAY(SELECT jsonb_array_elements_text(silent_sensors)), log_likelihood_ratio,
            tocsin.instant(published_us)
          FROM {rows}
          ON CONFLICT (event_id) DO UPDATE SET
            revision = excluded.revision,
            label = excluded.label,
            origin_at = excluded.origin_at,
            origin_sigma_us = excluded.origin_sigma_us,
            place = excluded.place,
            ellipse = excluded.ellipse,
            semi_major_m = excluded.semi_major_m,
            semi_minor_m = excluded.semi_minor_m,
            azimuth_deg = excluded.azimuth_deg,
            method = excluded.method,
            azimuthal_gap_deg = excluded.azimuthal_gap_deg,
            picks = excluded.picks,
            silent_sensors = excluded.silent_sensors,
            log_likelihood_ratio = excluded.log_likelihood_ratio,
            published_at = excluded.published_at
          WHERE excluded.revision > t.revision
          """,
          List.of(
              new Column<>("event_id", "text", p -> p.value().getEventId()),
              new Column<>("revision", "int4", p -> p.value().getRevision()),
              new Column<>("label", "text", p -> p.value().getLabel()),
              new Column<>("origin_us", "int8", p -> micros(p.value().getOriginAt())),
              new Column<>("origin_sigma_us", "int8", p -> p.value().getOriginSigmaMicros()),
              new Column<>(
                  "lon", "float8", p -> p.value().getLocation().getPlace().getLongitudeDegrees()),
              new Column<>(
                  "lat", "float8", p -> p.value().getLocation().getPlace().getLatitudeDegrees()),
              new Column<>(
                  "semi_major_m",
                  "float8",
                  p -> p.value().getLocation().getEllipse().getSemiMajorMetres()),
              new Column<>(
                  "semi_minor_m",
                  "float8",
                  p -> p.value().getLocation().getEllipse().getSemiMinorMetres()),
              new Column<>(
                  "azimuth_deg",
                  "float8",
                  p -> p.value().getLocation().getEllipse().getAzimuthDegrees()),
              new Column<>("method", "text", p -> p.value().getLocation().getMethod().name()),
              new Column<>(
                  "azimuthal_gap_deg",
                  "float8",
                  p -> p.value().getLocation().getAzimuthalGapDegrees()),
              new Column<>("picks", "jsonb", p -> Json.picks(p.value().getPicks())),
              new Column<>(
                  "silent_sensors", "jsonb", p -> Json.texts(p.value().getSilentSensors())),
              new Column<>(
                  "log_likelihood_ratio", "float8", p -> p.value().getLogLikelihoodRatio()),
              new Column<>("published_us", "int8", Published::publishedAtMicros)));

  private static final BulkStatement<Published<SoundEvent>> WITHDRAW =
      new BulkStatement<>(
          """
          DELETE FROM tocsin.sound_event AS t
          USING {rows}
          WHERE t.event_id = r.event_id AND t.revision < r.revision
          """,
          List.of(
              new Column<>("event_id", "text", p -> p.value().getEventId()),
              new Column<>("revision", "int4", p -> p.value().getRevision())));

  @Override
  public Topic<SoundEvent> topic() {
    return Topics.SOUND_EVENTS;
  }

  @Override
  public Map<String, Integer> write(Handle handle, List<Accepted<SoundEvent>> records) {
    Collection<Published<SoundEvent>> last = highest(Published.values(records));
    List<Published<SoundEvent>> standing =
        last.stream().filter(p -> !p.value().getWithdrawn()).toList();
    List<Published<SoundEvent>> withdrawn =
        last.stream().filter(p -> p.value().getWithdrawn()).toList();
    return Map.of(NAME, UPSERT.execute(handle, standing) + WITHDRAW.execute(handle, withdrawn));
  }

  /** One event an id, at its highest revision, by id; of equal revisions the first. */
  static Collection<Published<SoundEvent>> highest(List<Published<SoundEvent>> events) {
    TreeMap<String, Published<SoundEvent>> highest = new TreeMap<>();
    for (Published<SoundEvent> event : events) {
      highest.merge(
          event.value().getEventId(),
          event,
          (held, next) -> next.value().getRevision() > held.value().getRevision() ? next : held);
    }
    return highest.values();
  }
}

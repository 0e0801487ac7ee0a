package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.SecondOpinion;
import io.tocsin.sink.BulkStatement.Column;
import io.tocsin.sink.Reading.Accepted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Detections by onset and id; of two with the same key the one published later is in force. They
 * are appended by COPY while all of a batch are new, and upserted otherwise.
 */
final class DetectionTable implements Table<Detection> {

  private static final String NAME = "tocsin.detection";

  private static final BulkStatement<Published<Detection>> UPSERT =
      new BulkStatement<>(
          """
          INSERT INTO tocsin.detection AS t (
            detection_id, sensor_id, place, altitude_m, accuracy_m, label, probability, score,
            onset_at, onset_sigma_us, ended_at, level_dbfs, clock_source, clock_uncertainty_us,
            model_id, model_version, model_digest, evidence, published_at, second_model_id,
            second_model_version, second_model_digest, second_score, second_probability)
          SELECT detection_id, sensor_id, tocsin.point(lon, lat), altitude_m, accuracy_m, label,
            probability, score, tocsin.instant(onset_us), onset_sigma_us, tocsin.instant(ended_us),
            level_dbfs, clock_source, clock_uncertainty_us, model_id, model_version, model_digest,
            evidence, tocsin.instant(published_us), second_model_id, second_model_version,
            second_model_digest, second_score, second_probability
          FROM {rows}
          ON CONFLICT (onset_at, detection_id) DO UPDATE SET
            sensor_id = excluded.sensor_id,
            place = excluded.place,
            altitude_m = excluded.altitude_m,
            accuracy_m = excluded.accuracy_m,
            label = excluded.label,
            probability = excluded.probability,
            score = excluded.score,
            onset_sigma_us = excluded.onset_sigma_us,
            ended_at = excluded.ended_at,
            level_dbfs = excluded.level_dbfs,
            clock_source = excluded.clock_source,
            clock_uncertainty_us = excluded.clock_uncertainty_us,
            model_id = excluded.model_id,
            model_version = excluded.model_version,
            model_digest = excluded.model_digest,
            evidence = excluded.evidence,
            published_at = excluded.published_at,
            second_model_id = excluded.second_model_id,
            second_model_version = excluded.second_model_version,
            second_model_digest = excluded.second_model_digest,
            second_score = excluded.second_score,
            second_probability = excluded.second_probability
          WHERE excluded.published_at > t.published_at
          """,
          List.of(
              new Column<>("detection_id", "text", p -> p.value().getDetectionId()),
              new Column<>("sensor_id", "text", p -> p.value().getSensorId()),
              new Column<>("lon", "float8", p -> p.value().getPlace().getLongitudeDegrees()),
              new Column<>("lat", "float8", p -> p.value().getPlace().getLatitudeDegrees()),
              new Column<>("altitude_m", "float8", p -> p.value().getPlace().getAltitudeMetres()),
              new Column<>("accuracy_m", "float8", p -> p.value().getPlace().getAccuracyMetres()),
              new Column<>("label", "text", p -> p.value().getLabel()),
              new Column<>("probability", "float8", p -> p.value().getProbability()),
              new Column<>("score", "float4", p -> p.value().getScore()),
              new Column<>("onset_us", "int8", p -> micros(p.value().getOnsetAt())),
              new Column<>("onset_sigma_us", "int8", p -> p.value().getOnsetSigmaMicros()),
              new Column<>("ended_us", "int8", p -> micros(p.value().getEndAt())),
              new Column<>("level_dbfs", "float4", p -> p.value().getLevelDbfs()),
              new Column<>("clock_source", "text", p -> p.value().getClock().getSource().name()),
              new Column<>(
                  "clock_uncertainty_us", "int8", p -> p.value().getClock().getUncertaintyMicros()),
              new Column<>("model_id", "text", p -> p.value().getModel().getId()),
              new Column<>("model_version", "text", p -> p.value().getModel().getVersion()),
              new Column<>("model_digest", "text", p -> p.value().getModel().getDigest()),
              new Column<>("evidence", "jsonb", p -> Json.evidence(p.value().getEvidence())),
              new Column<>("published_us", "int8", Published::publishedAtMicros),
              second("second_model_id", "text", o -> o.getModel().getId()),
              second("second_model_version", "text", o -> o.getModel().getVersion()),
              second("second_model_digest", "text", o -> o.getModel().getDigest()),
              second("second_score", "float4", SecondOpinion::getScore),
              second("second_probability", "float8", SecondOpinion::getProbability)));

  private static final Comparator<Published<Detection>> BY_KEY =
      Comparator.comparing((Published<Detection> p) -> p.value().getOnsetAt())
          .thenComparing(p -> p.value().getDetectionId());

  @Override
  public Topic<Detection> topic() {
    return Topics.DETECTIONS;
  }

  @Override
  public Map<String, Integer> write(Handle handle, List<Accepted<Detection>> records) {
    return Map.of(NAME, UPSERT.execute(handle, distinct(Published.values(records))));
  }

  @Override
  public Map<String, Integer> append(Handle handle, List<Accepted<Detection>> records) {
    return Map.of(NAME, DetectionCopy.execute(handle, distinct(Published.values(records))));
  }

  private static Column<Published<Detection>> second(
      String name, String sqlType, Function<SecondOpinion, Object> value) {
    return new Column<>(
        name,
        sqlType,
        p -> {
          SecondOpinion opinion = p.value().getSecondOpinion();
          return opinion == null ? null : value.apply(opinion);
        });
  }

  /** One detection a key, the one published last, by onset. */
  static List<Published<Detection>> distinct(List<Published<Detection>> detections) {
    // Sorted rather than put into a tree: they come in runs that are in order already.
    List<Published<Detection>> sorted = new ArrayList<>(detections);
    sorted.sort(BY_KEY);
    List<Published<Detection>> latest = new ArrayList<>(sorted.size());
    for (Published<Detection> next : sorted) {
      int last = latest.size() - 1;
      if (last < 0 || BY_KEY.compare(latest.get(last), next) != 0) {
        latest.add(next);
      } else if (next.publishedAtMicros() > latest.get(last).publishedAtMicros()) {
        latest.set(last, next);
      }
    }
    return latest;
  }
}

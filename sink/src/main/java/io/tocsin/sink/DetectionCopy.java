package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.SecondOpinion;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * New detections by COPY in binary form. It is the fastest way in, because PostgreSQL parses
 * nothing and logs whole pages, but it knows no ON CONFLICT: a row that is there already fails it.
 */
final class DetectionCopy {

  private static final String COPY =
      """
      COPY tocsin.detection (
        detection_id, sensor_id, place, altitude_m, accuracy_m, label, probability, score,
        onset_at, onset_sigma_us, ended_at, level_dbfs, clock_source, clock_uncertainty_us,
        model_id, model_version, model_digest, evidence, published_at, second_model_id,
        second_model_version, second_model_digest, second_score, second_probability)
      FROM STDIN (FORMAT binary)
      """;

  private static final int COLUMNS = 24;
  private static final int BYTES_A_ROW = 600;

  private DetectionCopy() {}

  /**
   * @param detections of different keys
   * @return number of rows
   * @throws CopyFailedException with a unique violation if one of them is there already, or with
   *     whatever else the database has against one; the transaction is void then
   */
  static int execute(Handle handle, Collection<Published<Detection>> detections) {
    BinaryRows rows = new BinaryRows(BYTES_A_ROW * detections.size());
    detections.forEach(detection -> add(rows, detection));
    try {
      PGConnection connection = handle.getConnection().unwrap(PGConnection.class);
      CopyIn copy = connection.getCopyAPI().copyIn(COPY);
      try {
        rows.writeTo(copy);
        return (int) copy.endCopy();
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    } catch (SQLException | IOException e) {
      throw new CopyFailedException(e);
    }
  }

  /** What the database, or the way to it, has against a COPY: see the cause. */
  static final class CopyFailedException extends JdbiException {

    private static final long serialVersionUID = 1;

    CopyFailedException(Exception cause) {
      super("COPY of detections failed: " + cause.getMessage(), cause);
    }
  }

  private static void add(BinaryRows rows, Published<Detection> published) {
    Detection detection = published.value();
    Place place = detection.getPlace();
    rows.row(COLUMNS);
    rows.text(detection.getDetectionId());
    rows.text(detection.getSensorId());
    rows.point(place.getLongitudeDegrees(), place.getLatitudeDegrees());
    rows.float8(place.getAltitudeMetres());
    rows.float8(place.getAccuracyMetres());
    rows.text(detection.getLabel());
    rows.float8(detection.getProbability());
    rows.float4(detection.getScore());
    rows.timestamp(micros(detection.getOnsetAt()));
    rows.int8(detection.getOnsetSigmaMicros());
    rows.timestamp(micros(detection.getEndAt()));
    rows.float4(detection.getLevelDbfs());
    rows.text(detection.getClock().getSource().name());
    rows.int8(detection.getClock().getUncertaintyMicros());
    rows.text(detection.getModel().getId());
    rows.text(detection.getModel().getVersion());
    rows.text(detection.getModel().getDigest());
    rows.jsonb(Json.evidence(detection.getEvidence()));
    rows.timestamp(published.publishedAtMicros());
    SecondOpinion second = detection.getSecondOpinion();
    rows.text(second == null ? null : second.getModel().getId());
    rows.text(second == null ? null : second.getModel().getVersion());
    rows.text(second == null ? null : second.getModel().getDigest());
    rows.float4(second == null ? null : second.getScore());
    rows.float8(second == null ? null : second.getProbability());
  }
}

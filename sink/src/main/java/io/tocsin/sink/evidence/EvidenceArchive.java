package io.tocsin.sink.evidence;

import io.tocsin.sink.SinkSettings.DatabaseSettings;
import io.tocsin.sink.evidence.EvidenceSettings.StoreSettings;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/**
 * What people do with clips: see which there are, have them, have them erased. Having and erasing
 * are written down in tocsin.evidence_access first.
 */
public final class EvidenceArchive implements AutoCloseable {

  private final Jdbi jdbi;
  private final ClipTable table;
  private final ObjectStore store;
  private final InstantSource clock;

  EvidenceArchive(Jdbi jdbi, ObjectStore store, InstantSource clock) {
    this.jdbi = jdbi;
    this.table = new ClipTable(jdbi);
    this.store = store;
    this.clock = clock;
  }

  /**
   * Connects when first used.
   *
   * @throws io.tocsin.sink.SettingsException if the password file cannot be read
   */
  public static EvidenceArchive open(
      DatabaseSettings database, StoreSettings store, Map<String, String> environment) {
    String password = database.password(environment);
    return new EvidenceArchive(
        Jdbi.create(database.jdbcUrl(), database.user(), password == null ? "" : password),
        store.open(),
        InstantSource.system());
  }

  /**
   * A clip that somebody has.
   *
   * @param flac the file, checked against its digest
   * @param gaps silent stretches, as JSON: {@code [{startedAt, endedAt}]}
   */
  public record OpenedClip(
      String sensorId, Instant startedAt, Instant endedAt, String gaps, byte[] flac) {}

  /** The rows of an alert's clips, deleted ones too, by sensor; empty for an unknown alert. */
  public List<ClipRow> clips(String alertId) {
    return table.ofAlert(alertId);
  }

  /** The rows of a sensor's clips, not deleted, that cover some of that time. */
  public List<ClipRow> clips(String sensorId, Instant from, Instant until) {
    return table.ofSensor(sensorId, from, until);
  }

  /** The rows of clips, not deleted, that ended before that time. */
  public List<ClipRow> clipsBefore(Instant before) {
    return table.endedBefore(before);
  }

  /**
   * An alert's clips, by sensor.
   *
   * @param person who has them
   * @param reason why
   * @throws StoreUnavailableException if the store does not answer
   * @throws IllegalStateException if the store does not hold what the database says
   */
  public List<OpenedClip> have(String alertId, String person, String reason) {
    record Opened(
        String sensorId, String key, String sha256, Instant from, Instant until, String gaps) {}
    // Committed before a byte is read.
    List<Opened> opened =
        jdbi.withHandle(
            h ->
                h.createQuery("SELECT * FROM tocsin.open_evidence(:alert, :person, :reason)")
                    .bind("alert", alertId)
                    .bind("person", person)
                    .bind("reason", reason)
                    .map(
                        (r, c) ->
                            new Opened(
                                r.getString("sensor_id"),
                                r.getString("object_key"),
                                r.getString("sha256"),
                                r.getObject("started_at", OffsetDateTime.class).toInstant(),
                                r.getObject("ended_at", OffsetDateTime.class).toInstant(),
                                r.getString("gaps")))
                    .list());
    List<OpenedClip> clips = new ArrayList<>();
    for (Opened one : opened) {
      byte[] flac =
          store
              .get(one.key)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "the store holds no " + one.key + " though the database says so"));
      String sha256 = ClipCollector.sha256(flac);
      if (!sha256.equals(one.sha256)) {
        throw new IllegalStateException(
            one.key + ": its sha256 is " + sha256 + ", the database says " + one.sha256);
      }
      clips.add(new OpenedClip(one.sensorId, one.from, one.until, one.gaps, flac));
    }
    return clips;
  }

  /**
   * Deletes clips for good: their alerts' later revisions do not bring them back.
   *
   * @return how many there were; those deleted before are not counted
   * @throws StoreUnavailableException if the store does not answer; say it again then
   */
  public int erase(List<ClipRow> rows, String person, String reason) {
    int erased = 0;
    for (ClipRow row : rows) {
      if (row.deletedReason() == null) {
        jdbi.useHandle(
            h ->
                h.createUpdate(
                        """
                        INSERT INTO tocsin.evidence_access (
                          action, alert_id, sensor_id, sha256, role, person, reason)
                        VALUES ('ERASE', :alert, :sensor, :sha256, session_user, :person, :reason)
                        """)
                    .bind("alert", row.alertId())
                    .bind("sensor", row.sensorId())
                    .bind("sha256", row.sha256())
                    .bind("person", person)
                    .bind("reason", reason)
                    .execute());
        store.delete(row.objectKey());
        table.deleted(row, DeletedReason.ERASED, clock.instant());
        // Again: one that was collected in between was written before its row was marked.
        store.delete(row.objectKey());
        erased++;
      }
    }
    return erased;
  }

  @Override
  public void close() {
    store.close();
  }
}

package io.tocsin.sink.evidence;

import io.tocsin.audio.FlacFrames;
import io.tocsin.sink.evidence.EvidenceSpan.Heard;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one revision of an alert with clips.
 *
 * <pre>
 *   alert ──► its detections in the database ──► sensors and span ──► rows, awaited
 *         ──► frames from Kafka ──► one clip a sensor ──► object, then its row
 * </pre>
 *
 * <p>The same revision again changes nothing; one that stopped anywhere is taken up where it was.
 */
final class ClipCollector {

  private static final Logger LOG = LoggerFactory.getLogger(ClipCollector.class);
  private static final String FLAC = "audio/flac";

  private final EvidenceSettings settings;
  private final AlertDetections detections;
  private final ClipTable table;
  private final FrameReader frames;
  private final ObjectStore store;

  ClipCollector(
      EvidenceSettings settings,
      AlertDetections detections,
      ClipTable table,
      FrameReader frames,
      ObjectStore store) {
    this.settings = settings;
    this.detections = detections;
    this.table = table;
    this.frames = frames;
    this.store = store;
  }

  /**
   * Does what can be done at {@code now}.
   *
   * @return when there may be more to do; empty when nothing is left
   * @throws UnknownDetectionsException if detections stayed away for too long; clips of those that
   *     are known are stored then
   * @throws StoreUnavailableException if the store is away: try again
   * @throws org.jdbi.v3.core.JdbiException if the database is away: try again
   */
  Optional<Instant> collect(Want want, Instant now) {
    List<ClipRow> rows = table.ofAlert(want.alertId());
    DeletedReason deletion = want.deletion();
    if (deletion != null) {
      // A later revision may have been answered before, when the topic is read again.
      rows.stream()
          .filter(row -> row.revision() <= want.revision())
          .forEach(row -> delete(row, deletion, now));
      return Optional.empty();
    }
    if (isAnswered(rows, want.revision())) {
      return Optional.empty();
    }
    List<Heard> heard = detections.of(want);
    Set<String> unknown = new TreeSet<>(want.detectionIds());
    heard.forEach(h -> unknown.remove(h.detectionId()));
    if (!unknown.isEmpty() && now.isBefore(want.publishedAt().plus(settings.detectionsWithin()))) {
      return Optional.of(now);
    }
    if (!heard.isEmpty()) {
      EvidenceSpan span =
          EvidenceSpan.around(heard, settings.lead(), settings.tail(), settings.longest());
      if (now.isBefore(span.until())) {
        return Optional.of(span.until());
      }
      if (!collect(want, heard, span, rows, now)) {
        return Optional.of(now);
      }
    }
    if (!unknown.isEmpty()) {
      throw new UnknownDetectionsException(want, unknown);
    }
    return Optional.empty();
  }

  private static boolean isAnswered(List<ClipRow> rows, int revision) {
    return rows.stream().anyMatch(r -> r.revision() > revision)
        || (rows.stream().anyMatch(r -> r.revision() == revision)
            && rows.stream().noneMatch(ClipRow::pending));
  }

  /** Whether nothing more is awaited. */
  private boolean collect(
      Want want, List<Heard> heard, EvidenceSpan span, List<ClipRow> before, Instant now) {
    Set<String> sensorIds = heard.stream().map(Heard::sensorId).collect(Collectors.toSet());
    before.stream()
        .filter(row -> !sensorIds.contains(row.sensorId()))
        .forEach(row -> delete(row, DeletedReason.NOT_CONTRIBUTING, now));
    table.await(want, sensorIds, span, now.plus(settings.retention()));
    List<ClipRow> awaited =
        table.ofAlert(want.alertId()).stream().filter(ClipRow::pending).toList();
    awaited.stream().filter(row -> row.covers(span)).forEach(row -> table.settled(row, null));
    List<ClipRow> wanted = awaited.stream().filter(row -> !row.covers(span)).toList();
    if (wanted.isEmpty()) {
      return true;
    }
    Instant sentBefore = latest(span.until(), want.publishedAt()).plus(settings.audioWithin());
    Set<String> ids = wanted.stream().map(ClipRow::sensorId).collect(Collectors.toSet());
    FoundFrames found = frames.read(ids, span, sentBefore);
    if (!found.passed().containsAll(ids)) {
      if (now.isBefore(sentBefore)) {
        return false;
      }
      if (!found.missing().isEmpty()) {
        found = found.and(frames.readEverywhere(found.missing(), span, sentBefore));
      }
    }
    for (ClipRow row : wanted) {
      store(row, found, span, now);
    }
    return true;
  }

  private void store(ClipRow row, FoundFrames found, EvidenceSpan span, Instant now) {
    Optional<Clip> stitched =
        Stitching.stitch(found.frames().getOrDefault(row.sensorId(), List.of()), span);
    if (stitched.isEmpty()) {
      table.settled(row, found.expired() ? "EXPIRED" : "NOT_RECEIVED");
      LOG.warn(
          "event=clip-absent alert={} sensor={} expired={}",
          row.alertId(),
          row.sensorId(),
          found.expired());
      return;
    }
    Clip clip = stitched.get();
    if (clip.captured().compareTo(row.captured()) < 0) {
      // Kafka has dropped some of it since: what is stored is worth more.
      table.settled(row, null);
      return;
    }
    byte[] flac = FlacFrames.encode(clip.samples(), clip.sampleRateHertz());
    store.put(row.objectKey(), flac, FLAC);
    if (table.stored(row, clip, sha256(flac), flac.length, now)) {
      LOG.info(
          "event=clip-stored alert={} revision={} sensor={} length={} gaps={} bytes={}",
          row.alertId(),
          row.revision(),
          row.sensorId(),
          span.length(),
          clip.gaps().size(),
          flac.length);
    } else {
      // Erased while we were at it.
      store.delete(row.objectKey());
    }
  }

  private void delete(ClipRow row, DeletedReason reason, Instant now) {
    if (row.deletedReason() == null) {
      store.delete(row.objectKey());
      table.deleted(row, reason, now);
      LOG.info(
          "event=clip-deleted alert={} sensor={} reason={}", row.alertId(), row.sensorId(), reason);
    }
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

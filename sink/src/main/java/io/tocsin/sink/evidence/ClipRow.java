package io.tocsin.sink.evidence;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of tocsin.evidence_clip.
 *
 * @param startedAt of the stored clip, or of the one that is awaited
 * @param storedAt null when there is no object
 * @param captured zero when there is no object
 * @param whole whether there is an object without gaps
 * @param absentReason null when there is an object or one is awaited
 * @param deletedReason null when not deleted
 */
public record ClipRow(
    String alertId,
    String sensorId,
    int revision,
    boolean pending,
    String objectKey,
    Instant startedAt,
    Instant endedAt,
    @Nullable Instant storedAt,
    @Nullable String sha256,
    long bytes,
    Duration captured,
    boolean whole,
    @Nullable String absentReason,
    Instant keptUntil,
    @Nullable String deletedReason) {

  boolean covers(EvidenceSpan span) {
    return whole && startedAt.equals(span.from()) && endedAt.equals(span.until());
  }
}

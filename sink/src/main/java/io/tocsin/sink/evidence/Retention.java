package io.tocsin.sink.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes clips whose time is over. */
final class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int AT_A_TIME = 200;

  private final ClipTable table;
  private final ObjectStore store;
  private Instant nextAt = Instant.MIN;

  Retention(ClipTable table, ObjectStore store) {
    this.table = table;
    this.store = store;
  }

  /** Every minute a portion; the next one at once while there is more. */
  void upkeep(Instant now) {
    if (now.isBefore(nextAt)) {
      return;
    }
    List<ClipRow> over = table.keptUntil(now, AT_A_TIME);
    for (ClipRow row : over) {
      // The object first: a crash in between repeats the deletion rather than forgetting it.
      store.delete(row.objectKey());
      table.deleted(row, DeletedReason.RETENTION, now);
    }
    if (!over.isEmpty()) {
      LOG.info("event=retention deleted={}", over.size());
    }
    if (over.size() < AT_A_TIME) {
      nextAt = now.plus(EVERY);
    }
  }
}

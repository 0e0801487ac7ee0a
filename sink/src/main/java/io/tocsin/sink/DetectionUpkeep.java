package io.tocsin.sink;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the days of tocsin.detection: makes partitions ahead, moves full days out of the default
 * partition, lets days go that are past their retention. Each step is a short transaction of its
 * own, so that it never holds up the load.
 */
final class DetectionUpkeep {

  private static final Logger LOG = LoggerFactory.getLogger(DetectionUpkeep.class);
  private static final int DAYS_BACK = 1;
  private static final int DAYS = 9;

  /** A day with fewer detections may stay in the default partition. */
  static final long FULL_DAY = 10_000;

  private static final int MOST_DAYS_MOVED = 30;
  private static final Duration LONGEST_LOCK_WAIT = Duration.ofMillis(500);

  private final Jdbi jdbi;
  private final @Nullable Integer retentionDays;
  private volatile long rowsInDefault;

  /**
   * @param retentionDays how many whole days before today are kept; null for all
   */
  DetectionUpkeep(Jdbi jdbi, @Nullable Integer retentionDays) {
    this.jdbi = jdbi;
    this.retentionDays = retentionDays;
  }

  /**
   * Partitions from yesterday a week ahead; rows of days before that go to the default one. While a
   * query holds the table, nothing is made: rows then wait in the default partition.
   */
  void makeAhead(Instant now) {
    LocalDate firstDay = today(now).minusDays(DAYS_BACK);
    unlessHeld(
            handle ->
                handle
                    .createQuery("SELECT tocsin.make_detection_partitions(:firstDay, :days)")
                    .bind("firstDay", firstDay)
                    .bind("days", DAYS)
                    .mapTo(Integer.class)
                    .one())
        .filter(made -> made > 0)
        .ifPresent(
            made ->
                LOG.info(
                    "event=detection-partitions made={} firstDay={} days={}",
                    made,
                    firstDay,
                    DAYS));
  }

  /**
   * Everything that is due.
   *
   * @throws JdbiException if the database does not answer; what was done before stays done
   */
  void round(Instant now) {
    makeAhead(now);
    retire(now);
    rehome();
    rowsInDefault =
        jdbi.withHandle(
            h ->
                h.createQuery("SELECT count(*) FROM tocsin.detection_default")
                    .mapTo(Long.class)
                    .one());
    if (rowsInDefault > 0) {
      LOG.warn(
          "event=detections-in-default-partition rows={}; tocsin.detection_default_day lists their"
              + " days",
          rowsInDefault);
    }
  }

  /** Detections without a partition of their day, as of the last round. */
  long rowsInDefault() {
    return rowsInDefault;
  }

  private void rehome() {
    for (int moved = 0; moved < MOST_DAYS_MOVED; moved++) {
      Optional<LocalDate> day =
          unlessHeld(
              handle ->
                  handle
                      .createQuery("SELECT tocsin.rehome_detections(:leastRows)")
                      .bind("leastRows", FULL_DAY)
                      .mapTo(LocalDate.class)
                      .one());
      if (day.isEmpty()) {
        return;
      }
      LOG.info("event=detections-rehomed day={}", day.get());
    }
  }

  private void retire(Instant now) {
    if (retentionDays == null) {
      return;
    }
    LocalDate firstKept = today(now).minusDays(retentionDays);
    Optional<String> detached;
    do {
      detached =
          unlessHeld(
              handle ->
                  handle
                      .createQuery("SELECT tocsin.detach_detections_before(:firstKept)")
                      .bind("firstKept", firstKept)
                      .mapTo(String.class)
                      .one());
      unlessHeld(
              handle ->
                  handle
                      .createQuery("SELECT tocsin.drop_detections_before(:firstKept)")
                      .bind("firstKept", firstKept)
                      .mapTo(Long.class)
                      .one())
          .filter(dropped -> dropped > 0)
          .ifPresent(
              dropped ->
                  LOG.info("event=detections-retired tables={} firstKept={}", dropped, firstKept));
    } while (detached.isPresent());
  }

  /**
   * A step in a transaction of its own that gives up when a lock is not to be had soon: whoever
   * writes or reads would queue behind it for as long as it waits.
   *
   * @return what the step says; empty if that is null or the step gave up
   */
  private <T> Optional<T> unlessHeld(HandleCallback<@Nullable T, RuntimeException> step) {
    try {
      return Optional.ofNullable(
          jdbi.<@Nullable T, RuntimeException>inTransaction(
              handle -> {
                handle.execute("SET LOCAL lock_timeout = " + LONGEST_LOCK_WAIT.toMillis());
                return step.withHandle(handle);
              }));
    } catch (JdbiException e) {
      if (!Faults.isLockNotAvailable(e)) {
        throw e;
      }
      LOG.info("event=upkeep-waits reason=\"a query holds detections; the next round tries\"");
      return Optional.empty();
    }
  }

  private static LocalDate today(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC);
  }
}

package io.tocsin.sink;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the daily partitions of tocsin.detection ahead of their days. */
final class DetectionPartitions {

  private static final Logger LOG = LoggerFactory.getLogger(DetectionPartitions.class);
  private static final Duration EVERY = Duration.ofHours(6);
  private static final int DAYS_BACK = 1;
  private static final int DAYS = 9;

  private final Jdbi jdbi;
  private Instant nextAt = Instant.MIN;

  DetectionPartitions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** From yesterday a week ahead, every six hours; days before that go to the default partition. */
  void upkeep(Instant now) {
    if (now.isBefore(nextAt)) {
      return;
    }
    LocalDate firstDay = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DAYS_BACK);
    int made =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT tocsin.make_detection_partitions(:firstDay, :days)")
                    .bind("firstDay", firstDay)
                    .bind("days", DAYS)
                    .mapTo(Integer.class)
                    .one());
    nextAt = now.plus(EVERY);
    LOG.info("event=detection-partitions made={} firstDay={} days={}", made, firstDay, DAYS);
  }
}

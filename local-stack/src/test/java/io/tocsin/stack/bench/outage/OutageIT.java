package io.tocsin.stack.bench.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@code bench outage} does, with an outage of 20 s, and what ScoringJob makes of it. */
class OutageIT {

  private static final int SENSORS = 16;
  private static final int PARTITIONS = 4;
  private static final int OUTAGE_SECONDS = 20;

  @Test
  void everyAcceptedFrameIsInKafkaThoughItWasDownAndTheProducerKilledTwice() throws Exception {
    try (OutageRig rig = OutageRig.start(PARTITIONS, line -> {})) {
      OutageReport report =
          new Outage(
                  new Outage.Plan(
                      SENSORS,
                      Duration.ofSeconds(4),
                      Duration.ofSeconds(OUTAGE_SECONDS),
                      2,
                      Duration.ofMinutes(2)),
                  rig,
                  PARTITIONS,
                  line -> {})
              .run();

      assertThat(report.lost()).isZero();
      assertThat(report.damaged()).isZero();
      assertThat(report.droppedByPolicy()).isZero();
      assertThat(report.arrived())
          .isEqualTo(report.accepted() + report.cutOffArrived())
          .isGreaterThan((long) SENSORS * OUTAGE_SECONDS / 2);
      // A kill cuts off at most the frame that is being accepted.
      assertThat(report.cutOff()).isLessThanOrEqualTo(report.kills());
      assertThat(report.liveWhileDraining().frames()).isPositive();

      ScoredTwice scored = ScoredTwice.of(rig, PARTITIONS);
      assertThat(scored.framesSentLater()).isGreaterThan((long) SENSORS * OUTAGE_SECONDS / 2);
      assertThat(scored.withoutOutage().size()).isGreaterThan(SENSORS);
      assertThat(scored.withOutage())
          .as("detections, but for those of sounds that an edge of the outage cuts")
          .isEqualTo(scored.withoutOutage());
    }
  }
}

package io.tocsin.stack.bench.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The campaign of kills and restarts, a fifth of what {@code bench sink-faults} does by default.
 */
class SinkFaultsIT {

  private static final int KILLS = 10;
  private static final int RESTARTS = 2;

  @Test
  void rowsEqualTheDistinctRecordsThoughSinksAreKilledAndPostgresRestarts() throws Exception {
    try (SinkRig rig = SinkRig.start(4, line -> {})) {
      SinkFaults.Report report =
          new SinkFaults(new SinkFaults.Plan(KILLS, RESTARTS, 1000, 1), rig, line -> {}).run();

      assertThat(report.wrong()).isEmpty();
      assertThat(report.kills()).isGreaterThanOrEqualTo(KILLS);
      assertThat(report.killsAtWork()).isGreaterThan(KILLS / 2);
      assertThat(report.restarts()).isEqualTo(RESTARTS);
      assertThat(report.detectionRows()).isEqualTo(report.distinctDetections()).isPositive();
      assertThat(report.alertRows()).isEqualTo(report.distinctAlerts()).isPositive();
    }
  }
}

package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.edge.spool.SpoolPosition;
import io.tocsin.edge.spool.SpoolRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutgoingTest {

  private static final byte[] BODY = new byte[4];

  @Test
  void aLiveRecordIsOneUnlessItWaitedLongInItsQueue() {
    Outgoing live = Outgoing.live(null, BODY);
    assertThat(live.keptMillis(live.sinceNanos())).isZero();
    assertThat(live.keptMillis(after(live, Duration.ofSeconds(5)))).isZero();
    assertThat(live.keptMillis(after(live, Duration.ofSeconds(6)))).isEqualTo(6_000);
  }

  @Test
  void aStoredRecordIsNeverALiveOneWhateverTheWallClockSays() {
    Outgoing hourOld = stored(Instant.now().minusSeconds(3_600));
    assertThat(hourOld.live()).isFalse();
    assertThat(hourOld.keptMillis(after(hourOld, Duration.ofSeconds(1))))
        .isBetween(3_601_000L, 3_660_000L);
    Outgoing fromTheFuture = stored(Instant.now().plusSeconds(3_600));
    assertThat(fromTheFuture.live()).isFalse();
    assertThat(fromTheFuture.keptMillis(fromTheFuture.sinceNanos())).isEqualTo(1);
  }

  private static Outgoing stored(Instant appendedAt) {
    return Outgoing.stored(new SpoolRecord(new SpoolPosition(1, 0), BODY, appendedAt));
  }

  private static long after(Outgoing record, Duration time) {
    return record.sinceNanos() + time.toNanos();
  }
}

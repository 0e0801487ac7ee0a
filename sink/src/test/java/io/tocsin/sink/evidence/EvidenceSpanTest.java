package io.tocsin.sink.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.sink.evidence.EvidenceSpan.Heard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceSpanTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration LEAD = Duration.ofSeconds(2);
  private static final Duration TAIL = Duration.ofSeconds(3);
  private static final List<Heard> HEARD =
      List.of(
          new Heard("d2", "s2", NOON.plusSeconds(5), NOON.plusSeconds(9)),
          new Heard("d1", "s1", NOON, NOON.plusSeconds(1)));

  @Test
  void aSpanReachesFromTheLeadBeforeTheFirstOnsetToTheTailAfterTheLastEnd() {
    assertThat(EvidenceSpan.around(HEARD, LEAD, TAIL, Duration.ofSeconds(60)))
        .isEqualTo(new EvidenceSpan(NOON.minusSeconds(2), NOON.plusSeconds(12)));
  }

  @Test
  void aLongSpanIsCutAtItsEnd() {
    assertThat(EvidenceSpan.around(HEARD, LEAD, TAIL, Duration.ofSeconds(10)))
        .isEqualTo(new EvidenceSpan(NOON.minusSeconds(2), NOON.plusSeconds(8)));
  }
}

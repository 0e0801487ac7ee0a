package io.tocsin.edge.source;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.time.Duration;

/**
 * Which clock a source has, and how wrong it can be.
 *
 * @param uncertainty one standard deviation of what the source adds to its clock's own error
 * @param discipline of a clock that is not this system's
 */
public record SourceClock(ClockKind kind, Duration uncertainty, ClockSource discipline) {

  /** Of a kind that goes by this system's clock. */
  static SourceClock bySystem(ClockKind kind, Duration uncertainty) {
    return new SourceClock(kind, uncertainty, ClockSource.UNKNOWN);
  }

  /** Whether it goes by this system's clock. */
  public boolean isSystems() {
    return kind == ClockKind.SYSTEM_AT_CAPTURE || kind == ClockKind.SYSTEM_ON_ARRIVAL;
  }

  /** As frames state it: independent errors add as squares. */
  public Clock on(Clock system) {
    return on(system, 0);
  }

  /**
   * The same for a capture time that is known to be late.
   *
   * @param lateMicros by how much
   */
  Clock on(Clock system, long lateMicros) {
    long own = Math.max(lateMicros, uncertainty.toNanos() / 1_000);
    return isSystems()
        ? Clock.newBuilder()
            .setSource(system.getSource())
            .setUncertaintyMicros(
                Math.round(Math.hypot((double) own, (double) system.getUncertaintyMicros())))
            .build()
        : Clock.newBuilder().setSource(discipline).setUncertaintyMicros(own).build();
  }
}

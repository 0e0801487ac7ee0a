package io.tocsin.jobs.kafka;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Microseconds since the epoch and instants. */
public final class Instants {

  private Instants() {}

  /** The instant of {@code micros} since the epoch. */
  public static Instant ofMicros(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Microseconds since the epoch, rounded down. */
  public static long toMicros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}

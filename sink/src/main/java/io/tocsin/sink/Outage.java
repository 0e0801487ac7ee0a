package io.tocsin.sink;

import java.time.Duration;
import java.time.Instant;

/** When to try again while something that is needed is away: 0.25, 0.5, 1 … up to 30 s. */
public final class Outage {

  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private Duration nextWait = FIRST_WAIT;
  private Instant tryAgainAt = Instant.MIN;

  /** Notes a failure at {@code now} and tells how long to wait. */
  public Duration failed(Instant now) {
    Duration wait = nextWait;
    tryAgainAt = now.plus(wait);
    Duration doubled = wait.multipliedBy(2);
    nextWait = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    return wait;
  }

  /** Notes that an attempt went well. */
  public void over() {
    nextWait = FIRST_WAIT;
    tryAgainAt = Instant.MIN;
  }

  /** Whether it is too early to try again. */
  public boolean waitsAt(Instant now) {
    return now.isBefore(tryAgainAt);
  }
}

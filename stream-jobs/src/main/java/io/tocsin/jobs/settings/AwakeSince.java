package io.tocsin.jobs.settings;

import org.jspecify.annotations.Nullable;

/**
 * When an operator's instance first woke. After an outage its timers are overdue, but the silence
 * was ours: what they wait for is counted from here.
 */
public final class AwakeSince {

  private @Nullable Long millis;

  /**
   * The instant, milliseconds since the epoch.
   *
   * @param now taken the first time
   */
  public long millis(long now) {
    Long since = millis;
    if (since == null) {
      since = now;
      millis = since;
    }
    return since;
  }
}

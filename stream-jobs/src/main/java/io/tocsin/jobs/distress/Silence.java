package io.tocsin.jobs.distress;

/**
 * Tells a subtask whose input has fallen silent from one that is behind with its work.
 *
 * <p>A cell's own picks may wait for long while the picks of others are worked through; to close
 * its alerts by the clock on the wall would then part what belongs together. So silence is that of
 * the subtask: it counts from when it was last done with anything, of any cell. And while event
 * time moves, somebody speaks somewhere.
 *
 * <p>For the thread of one subtask.
 */
final class Silence {

  private long workedMillis = Long.MIN_VALUE;
  private long watermark = Long.MIN_VALUE;

  /**
   * The subtask is done with a pick, or with what event time brought about.
   *
   * @param nowMillis the clock on the wall
   * @param currentWatermark event time, milliseconds
   */
  void worked(long nowMillis, long currentWatermark) {
    workedMillis = Math.max(workedMillis, nowMillis);
    watermark = Math.max(watermark, currentWatermark);
  }

  /**
   * When it will have lasted for {@code lengthMillis}, by the clock on the wall.
   *
   * @param nowMillis what the first call counts from: a silence before it, as in an outage, was
   *     ours
   */
  long dueMillis(long nowMillis, long currentWatermark, long lengthMillis) {
    if (workedMillis == Long.MIN_VALUE || currentWatermark > watermark) {
      worked(nowMillis, currentWatermark);
    }
    return workedMillis + lengthMillis;
  }
}

package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.HeardPick;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Watermarks as the job in production makes them, behind the newest onset by the allowed lateness,
 * every 200 ms; but of the clock that picks arrive by, since the run is faster than that clock.
 */
final class ArrivalWatermarks implements WatermarkGenerator<Long> {

  /** Says nothing of time: only that all sensors and patterns have been read before. */
  static final Watermark BEFORE_ALL_PICKS = new Watermark(0);

  private static final long EVERY_MICROS = 200_000;

  private final PickFeed feed;
  private long newestMillis = Long.MIN_VALUE;
  private long saidAtMicros = Long.MIN_VALUE;

  ArrivalWatermarks(long feed) {
    this.feed = PickFeed.of(feed);
  }

  @Override
  public void onEvent(Long index, long onsetMillis, WatermarkOutput output) {
    HeardPick pick = feed.pick(index);
    // As in the job: a clock that runs ahead must not rush the time of all the others.
    newestMillis = Math.max(newestMillis, Math.min(onsetMillis, pick.arrivedMicros() / 1_000));
    if (pick.arrivedMicros() >= saidAtMicros + EVERY_MICROS) {
      saidAtMicros = pick.arrivedMicros();
      output.emitWatermark(new Watermark(newestMillis - feed.latenessMillis() - 1));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (newestMillis == Long.MIN_VALUE) {
      output.emitWatermark(BEFORE_ALL_PICKS);
    }
  }
}

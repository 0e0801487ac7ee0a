package io.tocsin.jobs.kafka;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Marks a source idle for good: a table of what is in force has no time of its own, and must not
 * hold back the time of the stream that it is joined with. A source without watermarks would, for
 * ever. At the start it does so for a moment, so that what a backlog says is not judged before the
 * table is read.
 */
public final class Timeless<T> implements WatermarkGenerator<T> {

  private static final long READING_NANOS = Duration.ofSeconds(3).toNanos();

  private final long startedNanos = System.nanoTime();

  private Timeless() {}

  /** For a source that is a table. */
  public static <T> WatermarkStrategy<T> table() {
    return WatermarkStrategy.forGenerator(context -> new Timeless<>());
  }

  @Override
  public void onEvent(T event, long eventTimestamp, WatermarkOutput output) {}

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    if (System.nanoTime() - startedNanos > READING_NANOS) {
      output.markIdle();
    }
  }
}

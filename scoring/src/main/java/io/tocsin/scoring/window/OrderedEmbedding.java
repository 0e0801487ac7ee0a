package io.tocsin.scoring.window;

import org.jspecify.annotations.Nullable;

/**
 * A window from the edge in its place among the sensor's others; the same names as {@link
 * AudioWindow} has.
 *
 * @param runStartMicros first sample of the run of windows without a gap that it lies in
 * @param index number of the window within its run, from 0
 * @param precedingRunMicros start of the sensor's last run before this one; 0 when there is none
 * @param precedingRunWindows number of windows of that run
 */
public record OrderedEmbedding(
    EmbeddedWindow window,
    long runStartMicros,
    long index,
    long precedingRunMicros,
    long precedingRunWindows) {

  /** The same window in another trace; null for none. */
  public OrderedEmbedding in(@Nullable String trace) {
    return new OrderedEmbedding(
        window.in(trace), runStartMicros, index, precedingRunMicros, precedingRunWindows);
  }
}

package io.tocsin.jobs.scoring;

import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;

/**
 * A key's one timer of processing time, at the earliest that was asked for. Who has more to wait
 * for asks again when it rings: timers that set each other anew would grow in number.
 */
final class Wake {

  private final ValueState<Long> at;

  Wake(RuntimeContext context) {
    at = context.getState(new ValueStateDescriptor<>("wake-at", Types.LONG));
  }

  void noLaterThan(long millis, TimerService timers) throws Exception {
    Long set = at.value();
    if (set != null && set <= millis) {
      return;
    }
    if (set != null) {
      timers.deleteProcessingTimeTimer(set);
    }
    timers.registerProcessingTimeTimer(millis);
    at.update(millis);
  }

  /** Whether the timer at {@code millis} is the one that is set; it is no longer. */
  boolean rings(long millis) throws Exception {
    Long set = at.value();
    if (set != null && set != millis) {
      return false;
    }
    at.clear();
    return true;
  }
}

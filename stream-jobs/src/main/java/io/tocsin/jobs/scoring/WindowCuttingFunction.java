package io.tocsin.jobs.scoring;

import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Keeps each sensor's cutter state; forgets a sensor that has been silent for long. */
final class WindowCuttingFunction extends KeyedProcessFunction<String, FrameAudio, AudioWindow> {

  private static final long serialVersionUID = 1L;

  private final int sampleRateHertz;
  private final int windowSamples;
  private final int hopSamples;
  private final Duration disorderBound;
  private final long forgetAfterMillis;

  /** Processing time at which this instance first woke; null before. */
  private transient @Nullable Long awakeSinceMillis;

  private transient WindowCutter cutter;
  private transient ValueState<CutterState> state;
  private transient ValueState<Long> forgetAt;
  private transient Counter duplicates;
  private transient Counter gaps;
  private transient Counter late;

  WindowCuttingFunction(
      int sampleRateHertz,
      int windowSamples,
      int hopSamples,
      Duration disorderBound,
      Duration forgetAfter) {
    this.sampleRateHertz = sampleRateHertz;
    this.windowSamples = windowSamples;
    this.hopSamples = hopSamples;
    this.disorderBound = disorderBound;
    this.forgetAfterMillis = forgetAfter.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    cutter = new WindowCutter(sampleRateHertz, windowSamples, hopSamples, disorderBound);
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("cutter", TypeInformation.of(CutterState.class)));
    forgetAt = getRuntimeContext().getState(new ValueStateDescriptor<>("forget-at", Types.LONG));
    duplicates = getRuntimeContext().getMetricGroup().counter("framesDuplicate");
    gaps = getRuntimeContext().getMetricGroup().counter("gaps");
    late = getRuntimeContext().getMetricGroup().counter("framesLate");
  }

  @Override
  public void processElement(FrameAudio frame, Context context, Collector<AudioWindow> out)
      throws Exception {
    keep(cutter.accept(state.value(), frame), out);
    long now = context.timerService().currentProcessingTime();
    awakeSince(now);
    if (forgetAt.value() == null) {
      context.timerService().registerProcessingTimeTimer(now + forgetAfterMillis);
    }
    forgetAt.update(now + forgetAfterMillis);
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<AudioWindow> out)
      throws Exception {
    Long due = forgetAt.value();
    CutterState kept = state.value();
    if (due == null || kept == null) {
      return;
    }
    long now = context.timerService().currentProcessingTime();
    // After an outage timers are overdue, but the silence was ours: frames are yet to come.
    long earliest = Math.max(due, awakeSince(now) + forgetAfterMillis);
    if (earliest > now) {
      context.timerService().registerProcessingTimeTimer(earliest);
      return;
    }
    keep(cutter.flush(kept), out);
    state.clear();
    forgetAt.clear();
  }

  private long awakeSince(long now) {
    Long since = awakeSinceMillis;
    if (since == null) {
      since = now;
      awakeSinceMillis = since;
    }
    return since;
  }

  private void keep(CutResult result, Collector<AudioWindow> out) throws Exception {
    duplicates.inc(result.duplicates());
    gaps.inc(result.gaps());
    late.inc(result.late());
    result.windows().forEach(out::collect);
    state.update(result.state());
  }
}

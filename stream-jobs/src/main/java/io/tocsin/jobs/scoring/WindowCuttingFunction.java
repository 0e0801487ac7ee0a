package io.tocsin.jobs.scoring;

import io.tocsin.jobs.settings.AwakeSince;
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

/**
 * Keeps each sensor's cutter state. Where a sensor falls silent, frames that wait for one before
 * them are cut without it; after a long silence the sensor is forgotten.
 */
final class WindowCuttingFunction extends KeyedProcessFunction<String, FrameAudio, AudioWindow> {

  private static final long serialVersionUID = 1L;

  private final int sampleRateHertz;
  private final int windowSamples;
  private final int hopSamples;
  private final Duration disorderBound;
  private final long silenceMillis;
  private final long forgetAfterMillis;

  private transient AwakeSince awakeSince;
  private transient WindowCutter cutter;
  private transient ValueState<CutterState> state;
  private transient ValueState<Long> forgetAt;
  private transient Counter duplicates;
  private transient Counter gaps;
  private transient Counter late;
  private transient Counter clamped;

  WindowCuttingFunction(
      int sampleRateHertz,
      int windowSamples,
      int hopSamples,
      Duration disorderBound,
      Duration silenceFlush,
      Duration forgetAfter) {
    this.sampleRateHertz = sampleRateHertz;
    this.windowSamples = windowSamples;
    this.hopSamples = hopSamples;
    this.disorderBound = disorderBound;
    this.silenceMillis = silenceFlush.toMillis();
    this.forgetAfterMillis = forgetAfter.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    awakeSince = new AwakeSince();
    cutter = new WindowCutter(sampleRateHertz, windowSamples, hopSamples, disorderBound);
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("cutter", TypeInformation.of(CutterState.class)));
    forgetAt = getRuntimeContext().getState(new ValueStateDescriptor<>("forget-at", Types.LONG));
    duplicates = getRuntimeContext().getMetricGroup().counter("framesDuplicate");
    gaps = getRuntimeContext().getMetricGroup().counter("gaps");
    late = getRuntimeContext().getMetricGroup().counter("framesLate");
    clamped = getRuntimeContext().getMetricGroup().counter("framesClamped");
  }

  @Override
  public void processElement(FrameAudio frame, Context context, Collector<AudioWindow> out)
      throws Exception {
    CutResult cut = cutter.accept(state.value(), frame);
    keep(cut, out);
    long now = context.timerService().currentProcessingTime();
    long unused = awakeSince.millis(now);
    if (forgetAt.value() == null) {
      context.timerService().registerProcessingTimeTimer(now + forgetAfterMillis);
    }
    if (cut.state().waiting()) {
      context.timerService().registerProcessingTimeTimer(now + silenceMillis);
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
    long heard = Math.max(due - forgetAfterMillis, awakeSince.millis(now));
    if (now < heard + forgetAfterMillis) {
      if (kept.waiting() && now >= heard + silenceMillis) {
        keep(cutter.flush(kept), out);
      } else if (kept.waiting()) {
        context.timerService().registerProcessingTimeTimer(heard + silenceMillis);
      }
      context.timerService().registerProcessingTimeTimer(heard + forgetAfterMillis);
      return;
    }
    keep(cutter.flush(kept), out);
    state.clear();
    forgetAt.clear();
  }

  private void keep(CutResult result, Collector<AudioWindow> out) throws Exception {
    duplicates.inc(result.duplicates());
    gaps.inc(result.gaps());
    late.inc(result.late());
    clamped.inc(result.clamped());
    result.windows().forEach(out::collect);
    state.update(result.state());
  }
}

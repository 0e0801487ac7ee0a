package io.tocsin.jobs.scoring;

import io.tocsin.jobs.settings.AwakeSince;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.StoredCutter;
import io.tocsin.scoring.window.StoredLane;
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

/**
 * Keeps each sensor's cutter state. Where a sensor falls silent, frames that wait for one before
 * them are cut without it; after a long silence the sensor is forgotten.
 *
 * <p>Frames that the sensor had stored have a lane of their own, so that neither lane waits for the
 * other. It has state only where frames are or were missing: live frames cost nothing more.
 *
 * <p>Windows belong to the trace of the frame that brought them out, be it theirs or one that they
 * waited for; traces are kept nowhere, and what a timer brings out has none.
 */
final class WindowCuttingFunction extends KeyedProcessFunction<String, FrameAudio, AudioWindow> {

  private static final long serialVersionUID = 1L;

  private final int sampleRateHertz;
  private final int windowSamples;
  private final int hopSamples;
  private final Duration disorderBound;
  private final long silenceMillis;
  private final long forgetAfterMillis;
  private final long storedWithinMillis;

  private transient AwakeSince awakeSince;
  private transient WindowCutter cutter;
  private transient ValueState<CutterState> state;
  private transient ValueState<Long> forgetAt;
  private transient Wake wake;
  private transient StoredCutter storedCutter;
  private transient ValueState<StoredLane> storedLane;
  private transient ValueState<Long> closeAt;
  private transient Counter duplicates;
  private transient Counter gaps;
  private transient Counter late;
  private transient Counter clamped;
  private transient Counter stored;
  private transient Counter seamsGivenUp;

  WindowCuttingFunction(
      int sampleRateHertz,
      int windowSamples,
      int hopSamples,
      Duration disorderBound,
      Duration silenceFlush,
      Duration forgetAfter,
      Duration storedWithin) {
    this.sampleRateHertz = sampleRateHertz;
    this.windowSamples = windowSamples;
    this.hopSamples = hopSamples;
    this.disorderBound = disorderBound;
    this.silenceMillis = silenceFlush.toMillis();
    this.forgetAfterMillis = forgetAfter.toMillis();
    this.storedWithinMillis = storedWithin.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    awakeSince = new AwakeSince();
    cutter = new WindowCutter(sampleRateHertz, windowSamples, hopSamples, disorderBound);
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("cutter", TypeInformation.of(CutterState.class)));
    forgetAt = getRuntimeContext().getState(new ValueStateDescriptor<>("forget-at", Types.LONG));
    wake = new Wake(getRuntimeContext());
    storedCutter = new StoredCutter(sampleRateHertz, windowSamples, hopSamples);
    storedLane =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("stored-lane", TypeInformation.of(StoredLane.class)));
    closeAt = getRuntimeContext().getState(new ValueStateDescriptor<>("close-at", Types.LONG));
    duplicates = getRuntimeContext().getMetricGroup().counter("framesDuplicate");
    gaps = getRuntimeContext().getMetricGroup().counter("gaps");
    late = getRuntimeContext().getMetricGroup().counter("framesLate");
    clamped = getRuntimeContext().getMetricGroup().counter("framesClamped");
    stored = getRuntimeContext().getMetricGroup().counter("framesStored");
    seamsGivenUp = getRuntimeContext().getMetricGroup().counter("seamsGivenUp");
  }

  @Override
  public void processElement(FrameAudio heard, Context context, Collector<AudioWindow> out)
      throws Exception {
    long now = context.timerService().currentProcessingTime();
    long unused = awakeSince.millis(now);
    FrameAudio frame = heard.in(null);
    CutterState before = state.value();
    StoredLane lane = frame.storedMillis() > 0 ? storedLane.value() : null;
    if (StoredCutter.takes(lane, before, frame)) {
      stored.inc();
      StoredLane kept = lane == null ? storedLane.value() : lane;
      keep(storedCutter.accept(kept, before, frame), heard.trace(), now, context, out);
    } else {
      CutResult cut = cutter.accept(before, frame);
      keep(cut, heard.trace(), now, context, out);
      if (cut.state().waiting()) {
        wake.noLaterThan(now + silenceMillis, context.timerService());
      }
    }
    wake.noLaterThan(now + forgetAfterMillis, context.timerService());
    forgetAt.update(now + forgetAfterMillis);
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<AudioWindow> out)
      throws Exception {
    Long due = forgetAt.value();
    CutterState kept = state.value();
    if (!wake.rings(at) || due == null || kept == null) {
      return;
    }
    long now = context.timerService().currentProcessingTime();
    // After an outage timers are overdue, but the silence was ours: frames are yet to come.
    long heard = Math.max(due - forgetAfterMillis, awakeSince.millis(now));
    if (now >= heard + forgetAfterMillis) {
      keep(cutter.flush(kept), null, now, context, out);
      state.clear();
      forgetAt.clear();
      storedLane.clear();
      closeAt.clear();
      return;
    }
    if (kept.waiting() && now >= heard + silenceMillis) {
      keep(cutter.flush(kept), null, now, context, out);
    } else if (kept.waiting()) {
      wake.noLaterThan(heard + silenceMillis, context.timerService());
    }
    closeHoles(now, context);
    wake.noLaterThan(heard + forgetAfterMillis, context.timerService());
  }

  /** Frames that do not come within their time are awaited no longer. */
  private void closeHoles(long now, Context context) throws Exception {
    Long due = closeAt.value();
    if (due == null) {
      return;
    }
    long close = Math.max(due, awakeSince.millis(now) + storedWithinMillis);
    if (now < close) {
      wake.noLaterThan(close, context.timerService());
      return;
    }
    closeAt.clear();
    StoredLane kept = storedLane.value();
    if (kept != null) {
      storedLane.update(kept.closed());
    }
  }

  private void keep(
      StoredCutter.Step step,
      @Nullable String trace,
      long now,
      Context context,
      Collector<AudioWindow> out)
      throws Exception {
    duplicates.inc(step.duplicates());
    seamsGivenUp.inc(step.givenUp());
    step.windows().forEach(window -> out.collect(window.in(trace)));
    storedLane.update(step.lane());
    if (!step.lane().hasHoles()) {
      closeAt.clear();
      return;
    }
    wake.noLaterThan(now + storedWithinMillis, context.timerService());
    closeAt.update(now + storedWithinMillis);
  }

  private void keep(
      CutResult result,
      @Nullable String trace,
      long now,
      Context context,
      Collector<AudioWindow> out)
      throws Exception {
    if (result.leavesHole()) {
      keep(storedCutter.leave(storedLane.value(), result), trace, now, context, out);
    }
    duplicates.inc(result.duplicates());
    gaps.inc(result.gaps());
    late.inc(result.late());
    clamped.inc(result.clamped());
    result.windows().forEach(window -> out.collect(window.in(trace)));
    state.update(result.state());
  }
}

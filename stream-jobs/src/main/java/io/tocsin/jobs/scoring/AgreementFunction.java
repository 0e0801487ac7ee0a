package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts how the bundle in use and the one on trial agree: for each label that both know, in how
 * many windows both, only one or neither are at their on-threshold. It gives nothing but metrics.
 */
final class AgreementFunction
    extends KeyedCoProcessFunction<String, ScoredWindow, ScoredWindow, Void> {

  private static final long serialVersionUID = 1L;

  /** For so long a window waits for the other bundle's view of it. */
  private static final long KEPT_MILLIS = 60_000;

  private final String inUsePath;
  private final String onTrialPath;

  private transient List<Compared> labels;
  private transient MapState<Long, Long> verdicts;
  private transient ValueState<Long> clearAt;
  private transient Counter compared;
  private transient Counter agreed;

  AgreementFunction(String inUsePath, String onTrialPath) {
    this.inUsePath = inUsePath;
    this.onTrialPath = onTrialPath;
  }

  /** One label: where its scores stand in either bundle, and what was counted. */
  private record Compared(
      int inUseOutput,
      float inUseThreshold,
      int onTrialOutput,
      float onTrialThreshold,
      Counter both,
      Counter onlyInUse,
      Counter onlyOnTrial) {}

  @Override
  public void open(OpenContext context) {
    ModelBundle inUse = ModelBundle.load(Path.of(inUsePath));
    ModelBundle onTrial = ModelBundle.load(Path.of(onTrialPath));
    MetricGroup group = getRuntimeContext().getMetricGroup();
    compared = group.counter("windowsCompared");
    agreed = group.counter("windowsAgreed");
    labels = new ArrayList<>();
    for (LabelSpec mine : inUse.labels()) {
      for (LabelSpec other : onTrial.labels()) {
        if (mine.name().equals(other.name())) {
          MetricGroup ofLabel = group.addGroup("label", mine.name());
          labels.add(
              new Compared(
                  inUse.outputs().indexOf(mine.name()),
                  mine.onThreshold(),
                  onTrial.outputs().indexOf(other.name()),
                  other.onThreshold(),
                  ofLabel.counter("both"),
                  ofLabel.counter("onlyInUse"),
                  ofLabel.counter("onlyOnTrial")));
        }
      }
    }
    verdicts =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("verdicts", Types.LONG, Types.LONG));
    clearAt = getRuntimeContext().getState(new ValueStateDescriptor<>("clear-at", Types.LONG));
  }

  @Override
  public void processElement1(ScoredWindow window, Context context, Collector<Void> out)
      throws Exception {
    take(window, true, context);
  }

  @Override
  public void processElement2(ScoredWindow window, Context context, Collector<Void> out)
      throws Exception {
    take(window, false, context);
  }

  private void take(ScoredWindow window, boolean inUse, Context context) throws Exception {
    if (window.scores().length == 0) {
      return;
    }
    long verdict = verdict(window.scores(), inUse);
    // A sensor has one window at an instant, whichever run it belongs to.
    Long other = verdicts.get(window.startMicros());
    if (other == null) {
      verdicts.put(window.startMicros(), verdict);
      clearLater(context);
    } else {
      verdicts.remove(window.startMicros());
      compare(inUse ? verdict : other, inUse ? other : verdict);
    }
  }

  /** A bit for each label that is on. */
  private long verdict(float[] scores, boolean inUse) {
    long bits = 0;
    for (int i = 0; i < labels.size(); i++) {
      Compared label = labels.get(i);
      boolean on =
          inUse
              ? scores[label.inUseOutput()] >= label.inUseThreshold()
              : scores[label.onTrialOutput()] >= label.onTrialThreshold();
      bits |= on ? 1L << i : 0;
    }
    return bits;
  }

  private void compare(long inUse, long onTrial) {
    compared.inc();
    if (inUse == onTrial) {
      agreed.inc();
    }
    for (int i = 0; i < labels.size(); i++) {
      boolean first = (inUse >> i & 1) == 1;
      boolean second = (onTrial >> i & 1) == 1;
      if (first && second) {
        labels.get(i).both().inc();
      } else if (first) {
        labels.get(i).onlyInUse().inc();
      } else if (second) {
        labels.get(i).onlyOnTrial().inc();
      }
    }
  }

  private void clearLater(Context context) throws Exception {
    if (clearAt.value() == null) {
      long at = context.timerService().currentProcessingTime() + KEPT_MILLIS;
      context.timerService().registerProcessingTimeTimer(at);
      clearAt.update(at);
    }
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<Void> out) throws Exception {
    clearAt.clear();
    // The newest go with the oldest: a few windows a minute are not compared.
    verdicts.clear();
  }
}

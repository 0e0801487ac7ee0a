package io.tocsin.jobs.scoring;

import io.tocsin.jobs.settings.AwakeSince;
import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.EmbeddingOrder;
import io.tocsin.scoring.window.EmbeddingOrderState;
import io.tocsin.scoring.window.OrderedEmbedding;
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
 * Puts each sensor's embeddings in order. Where a sensor falls silent, windows that wait for one
 * before them go on without it; after a long silence the sensor is forgotten. Traces go as in
 * {@link WindowCuttingFunction}.
 */
final class EmbeddingOrderFunction
    extends KeyedProcessFunction<String, EmbeddedWindow, OrderedEmbedding> {

  private static final long serialVersionUID = 1L;

  private final long silenceMillis;
  private final long forgetAfterMillis;

  private transient AwakeSince awakeSince;
  private transient ValueState<EmbeddingOrderState> state;
  private transient ValueState<Long> heardAt;
  private transient Wake wake;
  private transient Counter duplicates;
  private transient Counter gaps;
  private transient Counter late;

  EmbeddingOrderFunction(Duration silenceFlush, Duration forgetAfter) {
    this.silenceMillis = silenceFlush.toMillis();
    this.forgetAfterMillis = forgetAfter.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    awakeSince = new AwakeSince();
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>("order", TypeInformation.of(EmbeddingOrderState.class)));
    heardAt = getRuntimeContext().getState(new ValueStateDescriptor<>("heard-at", Types.LONG));
    wake = new Wake(getRuntimeContext());
    duplicates = getRuntimeContext().getMetricGroup().counter("embeddingsDuplicate");
    gaps = getRuntimeContext().getMetricGroup().counter("gaps");
    late = getRuntimeContext().getMetricGroup().counter("embeddingsLate");
  }

  @Override
  public void processElement(
      EmbeddedWindow window, Context context, Collector<OrderedEmbedding> out) throws Exception {
    EmbeddingOrder.Step step = EmbeddingOrder.accept(state.value(), window.in(null));
    keep(step, window.trace(), out);
    long now = context.timerService().currentProcessingTime();
    long unused = awakeSince.millis(now);
    if (step.state().waiting()) {
      wake.noLaterThan(now + silenceMillis, context.timerService());
    }
    wake.noLaterThan(now + forgetAfterMillis, context.timerService());
    heardAt.update(now);
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<OrderedEmbedding> out)
      throws Exception {
    Long last = heardAt.value();
    EmbeddingOrderState kept = state.value();
    if (!wake.rings(at) || last == null || kept == null) {
      return;
    }
    long now = context.timerService().currentProcessingTime();
    long heard = Math.max(last, awakeSince.millis(now));
    if (now >= heard + forgetAfterMillis) {
      keep(EmbeddingOrder.flush(kept), null, out);
      state.clear();
      heardAt.clear();
      return;
    }
    if (kept.waiting() && now >= heard + silenceMillis) {
      keep(EmbeddingOrder.flush(kept), null, out);
    } else if (kept.waiting()) {
      wake.noLaterThan(heard + silenceMillis, context.timerService());
    }
    wake.noLaterThan(heard + forgetAfterMillis, context.timerService());
  }

  private void keep(
      EmbeddingOrder.Step step, @Nullable String trace, Collector<OrderedEmbedding> out)
      throws Exception {
    duplicates.inc(step.duplicates());
    gaps.inc(step.gaps());
    late.inc(step.late());
    step.windows().forEach(window -> out.collect(window.in(trace)));
    state.update(step.state());
  }
}

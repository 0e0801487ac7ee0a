package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.FalseAlarmCurve;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Says of each alert how often chance brings such: its pattern's curve at its probability, times
 * the sensors that are registered now. A curve that comes changes nothing of what was said before.
 */
final class RatingFunction extends BroadcastProcessFunction<TracedAlert, RateChange, RatedAlert> {

  private static final long serialVersionUID = 1L;

  static final MapStateDescriptor<String, FalseAlarmCurve> CURVES =
      new MapStateDescriptor<>("curves", Types.STRING, TypeInformation.of(FalseAlarmCurve.class));

  /** Ids only: a sensor that registers again is still one. */
  static final MapStateDescriptor<String, Boolean> SENSORS =
      new MapStateDescriptor<>("sensors", Types.STRING, Types.BOOLEAN);

  /** Null until first used after a start. */
  private transient @Nullable Integer sensors;

  @Override
  public void processElement(TracedAlert said, ReadOnlyContext context, Collector<RatedAlert> out)
      throws Exception {
    Alert alert = said.alert();
    FalseAlarmCurve curve = context.getBroadcastState(CURVES).get(alert.patternId());
    out.collect(
        new RatedAlert(
            said.cell(),
            alert,
            curve == null ? null : perDay(alert, curve, context),
            said.trace()));
  }

  private @Nullable Double perDay(Alert alert, FalseAlarmCurve curve, ReadOnlyContext context)
      throws Exception {
    int counted = counted(context.getBroadcastState(SENSORS));
    return counted == 0 ? null : counted * curve.perSensorDay(alert.probability());
  }

  @Override
  public void processBroadcastElement(RateChange change, Context context, Collector<RatedAlert> out)
      throws Exception {
    if (change.isCurve()) {
      if (change.curve() == null) {
        context.getBroadcastState(CURVES).remove(change.id());
      } else {
        context.getBroadcastState(CURVES).put(change.id(), change.curve());
      }
      return;
    }
    int before = counted(context.getBroadcastState(SENSORS));
    boolean known = context.getBroadcastState(SENSORS).contains(change.id());
    if (change.withdrawn() && known) {
      context.getBroadcastState(SENSORS).remove(change.id());
      sensors = before - 1;
    } else if (!change.withdrawn() && !known) {
      context.getBroadcastState(SENSORS).put(change.id(), true);
      sensors = before + 1;
    }
  }

  /** Broadcast state has no size; it is gone through once after a start. */
  private int counted(ReadOnlyBroadcastState<String, Boolean> ids) throws Exception {
    Integer known = sensors;
    if (known == null) {
      known = 0;
      for (var unused : ids.immutableEntries()) {
        known++;
      }
      sensors = known;
    }
    return known;
  }
}

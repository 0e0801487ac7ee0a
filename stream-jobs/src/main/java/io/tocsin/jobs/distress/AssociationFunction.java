package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.CellReach;
import io.tocsin.association.CellState;
import io.tocsin.association.Pattern;
import io.tocsin.association.RecentlyUsed;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Settings;
import io.tocsin.jobs.settings.AwakeSince;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** Keeps each cell's picks and what it has said; the rest is {@link CellAssociator}'s. */
final class AssociationFunction
    extends KeyedBroadcastProcessFunction<Long, CellPick, FieldChange, Alert> {

  private static final long serialVersionUID = 1L;

  static final OutputTag<CellAssociator.RevisedEvent> EVENTS =
      new OutputTag<>("sound-events", TypeInformation.of(CellAssociator.RevisedEvent.class));

  static final MapStateDescriptor<String, SensorSite> SITES =
      new MapStateDescriptor<>("sites", Types.STRING, TypeInformation.of(SensorSite.class));

  static final MapStateDescriptor<String, Pattern> PATTERNS =
      new MapStateDescriptor<>("patterns", Types.STRING, TypeInformation.of(Pattern.class));

  private static final ValueStateDescriptor<CellState> CELL =
      new ValueStateDescriptor<>("cell", TypeInformation.of(CellState.class));

  /** Cells whose working memory is kept warm; it can always be made anew. */
  private static final int MOST_WARM_CELLS = 1_024;

  private final Settings settings;
  private final double replicationMetres;
  private final long latenessMillis;

  private transient CellReach reach;
  private transient ValueState<CellState> state;
  private transient ValueState<Long> silentAt;
  private transient Counter picks;
  private transient Counter late;
  private transient Counter alertRevisions;

  private transient AwakeSince awakeSince;

  /** The field as broadcast, by cell; made anew when it changes. */
  private transient @Nullable Field field;

  private record Field(
      Map<Long, Map<String, SensorSite>> sitesByCell,
      List<Pattern> patterns,
      Map<Long, CellAssociator> associators) {}

  AssociationFunction(Settings settings, double replicationMetres, Duration lateness) {
    this.settings = settings;
    this.replicationMetres = replicationMetres;
    this.latenessMillis = lateness.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    awakeSince = new AwakeSince();
    reach = new CellReach(replicationMetres);
    state = getRuntimeContext().getState(CELL);
    silentAt = getRuntimeContext().getState(new ValueStateDescriptor<>("silent-at", Types.LONG));
    picks = getRuntimeContext().getMetricGroup().counter("picks");
    late = getRuntimeContext().getMetricGroup().counter("picksBehindWatermark");
    alertRevisions = getRuntimeContext().getMetricGroup().counter("alertRevisions");
  }

  @Override
  public void processElement(CellPick arrived, ReadOnlyContext context, Collector<Alert> out)
      throws Exception {
    picks.inc();
    long onsetMillis = arrived.pick().onsetMicros() / 1_000;
    if (onsetMillis < context.timerService().currentWatermark()) {
      late.inc();
    }
    CellAssociator associator = associator(arrived.cell(), field(context));
    CellState before = state.value() == null ? CellState.EMPTY : state.value();
    CellAssociator.Step step = associator.onPick(before, arrived.pick());
    say(step, context, out);
    if (!step.state().equals(before)) {
      state.update(step.state());
    }
    awaitDeadlines(associator, step.state(), Long.MIN_VALUE, context);
    long now = context.timerService().currentProcessingTime();
    long unused = awakeSince.millis(now);
    long quiet = now + latenessMillis + horizonLengthMillis(context);
    if (silentAt.value() == null) {
      context.timerService().registerProcessingTimeTimer(quiet);
    }
    silentAt.update(quiet);
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<Alert> out) throws Exception {
    CellState kept = state.value();
    if (kept == null) {
      silentAt.clear();
      return;
    }
    CellAssociator associator = associator(context.getCurrentKey(), field(context));
    if (context.timeDomain() == org.apache.flink.streaming.api.TimeDomain.EVENT_TIME) {
      CellAssociator.Step step = associator.onWatermark(kept, micros(context.currentWatermark()));
      keep(step, context, out);
      if (!step.state().picks().isEmpty()) {
        // A pattern that came since the picks did may give them longer than their timers knew.
        awaitDeadlines(associator, step.state(), context.currentWatermark(), context);
      }
      return;
    }
    Long quiet = silentAt.value();
    long now = context.timerService().currentProcessingTime();
    long due =
        Math.max(
            quiet == null ? 0 : quiet,
            awakeSince.millis(now) + latenessMillis + horizonLengthMillis(context));
    if (due > now) {
      silentAt.update(due);
      context.timerService().registerProcessingTimeTimer(due);
    } else {
      // Nobody speaks, so nobody's time moves: what is open is closed by the clock on the wall.
      keep(associator.onWatermark(kept, associator.nextDeadlineMicros(kept)), context, out);
      silentAt.clear();
    }
  }

  @Override
  public void processBroadcastElement(FieldChange change, Context context, Collector<Alert> out)
      throws Exception {
    if (change.isPattern()) {
      if (change.pattern() == null) {
        context.getBroadcastState(PATTERNS).remove(change.id());
      } else {
        context.getBroadcastState(PATTERNS).put(change.id(), change.pattern());
      }
    } else if (change.site() == null) {
      context.getBroadcastState(SITES).remove(change.id());
    } else {
      context.getBroadcastState(SITES).put(change.id(), change.site());
    }
    field = null;
    if (change.isPattern()) {
      Map<String, Pattern> patterns = new TreeMap<>();
      context
          .getBroadcastState(PATTERNS)
          .entries()
          .forEach(e -> patterns.put(e.getKey(), e.getValue()));
      Map<String, SensorSite> sites = new TreeMap<>();
      context.getBroadcastState(SITES).entries().forEach(e -> sites.put(e.getKey(), e.getValue()));
      Field now = field(sites, patterns);
      context.applyToKeyedState(
          CELL,
          (cell, cellState) -> {
            CellState kept = cellState.value();
            if (kept != null) {
              CellAssociator.Step step = associator(cell, now).reconsider(kept);
              cellState.update(step.state());
              step.events().forEach(e -> context.output(EVENTS, e));
              step.alerts().forEach(out::collect);
            }
          });
    }
  }

  private void keep(CellAssociator.Step step, ReadOnlyContext context, Collector<Alert> out)
      throws Exception {
    say(step, context, out);
    if (step.state().picks().isEmpty()) {
      state.clear();
    } else {
      state.update(step.state());
    }
  }

  private void say(CellAssociator.Step step, ReadOnlyContext context, Collector<Alert> out) {
    step.events().forEach(e -> context.output(EVENTS, e));
    step.alerts().forEach(out::collect);
    alertRevisions.inc(step.alerts().size());
  }

  private CellAssociator associator(long cell, Field now) {
    return now.associators()
        .computeIfAbsent(
            cell,
            c ->
                new CellAssociator(
                    settings,
                    now.sitesByCell().getOrDefault(c, Map.of()),
                    now.patterns(),
                    place -> reach.home(place) == c));
  }

  /**
   * Wakes the cell to close what it has said, half the way to the deadline, and to forget.
   *
   * @param afterMillis only what is later: a timer that asks for the past would fire for ever
   */
  private static void awaitDeadlines(
      CellAssociator associator, CellState kept, long afterMillis, ReadOnlyContext context) {
    long newest = kept.picks().get(kept.picks().size() - 1).onsetMicros();
    long deadline = associator.nextDeadlineMicros(kept);
    for (long atMicros : new long[] {newest + (deadline - newest) / 2, deadline}) {
      long atMillis = atMicros / 1_000 + 1;
      if (atMillis > afterMillis) {
        context.timerService().registerEventTimeTimer(atMillis);
      }
    }
  }

  private long horizonLengthMillis(ReadOnlyContext context) throws Exception {
    return CellAssociator.horizonMicros(settings, field(context).patterns()) / 1_000;
  }

  private Field field(ReadOnlyContext context) throws Exception {
    Field known = field;
    if (known == null) {
      known =
          field(
              entries(context.getBroadcastState(SITES)),
              entries(context.getBroadcastState(PATTERNS)));
      field = known;
    }
    return known;
  }

  private Field field(Map<String, SensorSite> sites, Map<String, Pattern> patterns) {
    Map<Long, Map<String, SensorSite>> byCell = new HashMap<>();
    for (SensorSite site : sites.values()) {
      for (long cell : reach.within(site.place())) {
        byCell.computeIfAbsent(cell, c -> new TreeMap<>()).put(site.sensorId(), site);
      }
    }
    return new Field(byCell, List.copyOf(patterns.values()), new RecentlyUsed<>(MOST_WARM_CELLS));
  }

  private static <V> Map<String, V> entries(ReadOnlyBroadcastState<String, V> broadcast)
      throws Exception {
    Map<String, V> entries = new TreeMap<>();
    broadcast.immutableEntries().forEach(e -> entries.put(e.getKey(), e.getValue()));
    return entries;
  }

  private static long micros(long watermarkMillis) {
    return watermarkMillis > Long.MAX_VALUE / 1_000 ? Long.MAX_VALUE / 2 : watermarkMillis * 1_000;
  }
}

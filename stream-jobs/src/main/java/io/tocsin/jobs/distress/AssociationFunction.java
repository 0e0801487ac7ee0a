package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.CellReach;
import io.tocsin.association.Chatter;
import io.tocsin.association.ClockTold;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.Said;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Settings;
import io.tocsin.association.WindTold;
import io.tocsin.schema.wire.TraceParent;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each cell's picks and what it has said; the rest is {@link CellAssociator}'s. The
 * associators are working memory: they are made anew from state after a restore.
 *
 * <p>What is said on a pick's arrival belongs to the pick's trace. Traces are kept nowhere: what a
 * timer, the watermark or a change of the field brings out has none.
 */
final class AssociationFunction
    extends KeyedBroadcastProcessFunction<
        Long, Either<CellPick, CellAlert>, FieldChange, TracedAlert> {

  private static final long serialVersionUID = 2L;

  static final OutputTag<TracedEvent> EVENTS =
      new OutputTag<>("sound-events", TypeInformation.of(TracedEvent.class));

  static final MapStateDescriptor<String, SensorSite> SITES =
      new MapStateDescriptor<>("sites", SensorIdSerializer.INSTANCE, SensorSiteSerializer.INSTANCE);

  static final MapStateDescriptor<String, Pattern> PATTERNS =
      new MapStateDescriptor<>("patterns", Types.STRING, TypeInformation.of(Pattern.class));

  private static final MapStateDescriptor<Long, PicksOfSecond> PICKS =
      new MapStateDescriptor<>(
          "picks-by-second", LongSerializer.INSTANCE, PicksOfSecondSerializer.INSTANCE);

  private static final MapStateDescriptor<String, Said> SAID =
      new MapStateDescriptor<>("said", Types.STRING, TypeInformation.of(Said.class));

  private static final MapStateDescriptor<Long, Chatter> CHATTER =
      new MapStateDescriptor<>("chatter", LongSerializer.INSTANCE, ChatterSerializer.INSTANCE);

  private static final MapStateDescriptor<Long, WindTold> WIND =
      new MapStateDescriptor<>("wind", Types.LONG, TypeInformation.of(WindTold.class));

  private static final MapStateDescriptor<Long, ClockTold> CLOCKS =
      new MapStateDescriptor<>("clocks", LongSerializer.INSTANCE, ClockToldSerializer.INSTANCE);

  private static final MapStateDescriptor<String, Alert> STRAYS =
      new MapStateDescriptor<>("strays", Types.STRING, TypeInformation.of(Alert.class));

  private final Settings settings;
  private final double replicationMetres;
  private final long latenessMillis;

  private transient CellReach reach;
  private transient MapState<Long, PicksOfSecond> picks;
  private transient MapState<String, Said> said;
  private transient MapState<Long, Chatter> chatter;
  private transient MapState<Long, WindTold> wind;
  private transient MapState<Long, ClockTold> clocks;
  private transient MapState<String, Alert> strays;

  private transient Long2ObjectOpenHashMap<Working> working;

  private transient Silence silence;
  private transient Counter pickCount;
  private transient Counter late;
  private transient Counter alertRevisions;
  private transient Counter strayAlerts;

  /** As broadcast; null until first used after a start. */
  private transient @Nullable CellSites sites;

  private transient @Nullable List<Pattern> patterns;

  private transient long horizonMillis;

  /** A cell's associator, and the timers that it waits for. */
  private static final class Working {

    private final CellAssociator associator;
    private long timerMillis = Long.MAX_VALUE;
    private boolean heeding;

    /** When this attempt first saw an alert that waits for its anchor, by the clock on the wall. */
    private final Map<String, Long> strayMillis = new HashMap<>(0);

    /** The timer for them; one in the past is none. */
    private long strayTimerMillis = Long.MIN_VALUE;

    Working(CellAssociator associator) {
      this.associator = associator;
    }
  }

  /** What is said goes out and is counted. */
  private record Output(
      long cell,
      Consumer<TracedEvent> events,
      Collector<TracedAlert> out,
      Counter alertRevisions,
      @Nullable TraceParent trace)
      implements CellAssociator.Voice {

    @Override
    public void event(CellAssociator.RevisedEvent event) {
      events.accept(new TracedEvent(event, trace));
    }

    @Override
    public void alert(Alert alert) {
      out.collect(new TracedAlert(cell, alert, trace));
      alertRevisions.inc();
    }
  }

  AssociationFunction(Settings settings, double replicationMetres, Duration lateness) {
    this.settings = settings;
    this.replicationMetres = replicationMetres;
    this.latenessMillis = lateness.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    silence = new Silence();
    reach = new CellReach(replicationMetres);
    working = new Long2ObjectOpenHashMap<>();
    picks = getRuntimeContext().getMapState(PICKS);
    said = getRuntimeContext().getMapState(SAID);
    chatter = getRuntimeContext().getMapState(CHATTER);
    wind = getRuntimeContext().getMapState(WIND);
    clocks = getRuntimeContext().getMapState(CLOCKS);
    strays = getRuntimeContext().getMapState(STRAYS);
    pickCount = getRuntimeContext().getMetricGroup().counter("picks");
    late = getRuntimeContext().getMetricGroup().counter("picksBehindWatermark");
    alertRevisions = getRuntimeContext().getMetricGroup().counter("alertRevisions");
    strayAlerts = getRuntimeContext().getMetricGroup().counter("strayAlertsEnded");
  }

  @Override
  public void processElement(
      Either<CellPick, CellAlert> arrived, ReadOnlyContext context, Collector<TracedAlert> out)
      throws Exception {
    if (arrived.isLeft()) {
      add(arrived.left(), context, out);
    } else {
      hear(arrived.right(), context, out);
    }
  }

  private void add(CellPick arrived, ReadOnlyContext context, Collector<TracedAlert> out)
      throws Exception {
    pickCount.inc();
    long watermark = context.timerService().currentWatermark();
    if (arrived.pick().onsetMicros() / 1_000 < watermark) {
      late.inc();
    }
    Working cell = working(arrived.cell(), context);
    boolean news =
        cell.associator.add(
            arrived.pick(), micros(watermark), output(context, out, arrived.trace()));
    if (news) {
      save(cell.associator);
      awaitNext(cell, context);
    }
    silence.worked(context.timerService().currentProcessingTime(), watermark);
    if (news && !cell.heeding) {
      cell.heeding = true;
      awaitSilence(context);
    }
  }

  private void hear(CellAlert said, ReadOnlyContext context, Collector<TracedAlert> out)
      throws Exception {
    Working cell = working(said.cell(), context);
    cell.associator.hear(said.alert(), said.waits(), output(context, out, null));
    save(cell.associator);
    awaitNext(cell, context);
    awaitStrays(cell, context);
    forgetIfNothing(cell, said.cell());
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<TracedAlert> out)
      throws Exception {
    if (picks.isEmpty()
        && chatter.isEmpty()
        && wind.isEmpty()
        && clocks.isEmpty()
        && strays.isEmpty()) {
      said.clear();
      working.remove((long) context.getCurrentKey());
      return;
    }
    Working cell = working(context.getCurrentKey(), context);
    if (context.timeDomain() == TimeDomain.EVENT_TIME) {
      if (at >= cell.timerMillis) {
        cell.timerMillis = Long.MAX_VALUE;
      }
      cell.associator.settle(micros(context.currentWatermark()), output(context, out, null));
    } else {
      endStrays(cell, context, out);
      cell.heeding = !cell.associator.isEmpty() && awaitSilence(context);
      if (!cell.heeding) {
        // Nobody speaks, so nobody's time moves: what is open is closed by the clock on the wall.
        cell.associator.settleAll(output(context, out, null));
      }
    }
    save(cell.associator);
    if (context.timeDomain() == TimeDomain.EVENT_TIME) {
      silence.worked(context.timerService().currentProcessingTime(), context.currentWatermark());
    }
    if (cell.associator.isEmpty()) {
      said.clear();
    }
    if (!forgetIfNothing(cell, context.getCurrentKey())) {
      awaitNext(cell, context);
    }
  }

  private boolean forgetIfNothing(Working cell, long key) {
    boolean nothing = cell.associator.knowsNothing();
    if (nothing) {
      working.remove(key);
    }
    return nothing;
  }

  /** Sets a timer for the time by which an alert's picks, or its last word, should have come. */
  private void awaitStrays(Working cell, ReadOnlyContext context) throws Exception {
    if (!cell.associator.hasStrays()) {
      cell.strayMillis.clear();
      return;
    }
    patterns(context); // the longest of them says how long alerts wait for more
    long now = context.timerService().currentProcessingTime();
    Set<String> known = new HashSet<>();
    strays.keys().forEach(known::add);
    cell.strayMillis.keySet().retainAll(known);
    // What this attempt has not read yet may bring either: only its own time counts.
    known.forEach(id -> cell.strayMillis.putIfAbsent(id, now));
    long until = now + patienceMillis();
    if (cell.strayTimerMillis <= now) {
      context.timerService().registerProcessingTimeTimer(until);
      cell.strayTimerMillis = until;
    }
  }

  private void endStrays(Working cell, OnTimerContext context, Collector<TracedAlert> out)
      throws Exception {
    if (!cell.associator.hasStrays()) {
      return;
    }
    patterns(context);
    long now = context.timerService().currentProcessingTime();
    boolean silent = silence.dueMillis(now, context.currentWatermark(), patienceMillis()) <= now;
    int ended =
        cell.associator.endStrays(
            stray -> {
              Long since = cell.strayMillis.get(stray.alertId());
              return since != null && since + patienceMillis() <= now;
            },
            silent ? Long.MAX_VALUE : micros(context.currentWatermark()),
            output(context, out, null));
    strayAlerts.inc(ended);
    save(cell.associator);
    awaitStrays(cell, context);
  }

  /** How long nothing may come before alerts are ended by the clock on the wall. */
  private long patienceMillis() {
    return latenessMillis + horizonMillis;
  }

  @Override
  public void processBroadcastElement(
      FieldChange change, Context context, Collector<TracedAlert> out) throws Exception {
    if (!change.isPattern()) {
      SensorSite before = context.getBroadcastState(SITES).get(change.id());
      CellSites field = sites(context.getBroadcastState(SITES));
      if (change.site() == null) {
        context.getBroadcastState(SITES).remove(change.id());
      } else {
        context.getBroadcastState(SITES).put(change.id(), change.site());
      }
      field.change(before, change.site());
      return;
    }
    if (change.pattern() == null) {
      context.getBroadcastState(PATTERNS).remove(change.id());
    } else {
      context.getBroadcastState(PATTERNS).put(change.id(), change.pattern());
    }
    CellSites field = sites(context.getBroadcastState(SITES));
    List<Pattern> before = patterns == null ? List.of() : patterns;
    List<Pattern> now = new ArrayList<>();
    context.getBroadcastState(PATTERNS).entries().forEach(e -> now.add(e.getValue()));
    inForce(now);
    context.applyToKeyedState(
        PICKS,
        (key, kept) -> {
          Working cell = working.get((long) key);
          if (cell == null) {
            cell = restored(key, field, before, kept.values());
          }
          cell.associator.reconsider(
              now, new Output(key, e -> context.output(EVENTS, e), out, alertRevisions, null));
          save(cell.associator);
        });
  }

  private Output output(
      ReadOnlyContext context, Collector<TracedAlert> out, @Nullable TraceParent trace) {
    return new Output(
        context.getCurrentKey(), e -> context.output(EVENTS, e), out, alertRevisions, trace);
  }

  private Working working(long cell, ReadOnlyContext context) throws Exception {
    Working already = working.get(cell);
    return already != null
        ? already
        : restored(
            cell, sites(context.getBroadcastState(SITES)), patterns(context), picks.values());
  }

  private Working restored(
      long cell, CellSites field, List<Pattern> inForce, Iterable<PicksOfSecond> kept)
      throws Exception {
    CellAssociator associator =
        new CellAssociator(settings, field.of(cell), inForce, place -> reach.home(place) == cell);
    List<Pick> known = new ArrayList<>();
    kept.forEach(second -> known.addAll(second.picks()));
    associator.restore(
        known, said.values(), chatter.values(), wind.values(), clocks.values(), strays.values());
    Working made = new Working(associator);
    working.put(cell, made);
    return made;
  }

  private void save(CellAssociator associator) throws Exception {
    for (Long second : associator.touchedSeconds()) {
      List<Pick> kept = associator.picksOf(second);
      if (kept.isEmpty()) {
        picks.remove(second);
      } else {
        picks.put(second, new PicksOfSecond(kept));
      }
    }
    save(associator.touchedSaid(), associator::said, said);
    save(associator.touchedChatter(), associator::chatter, chatter);
    save(associator.touchedWind(), associator::windTold, wind);
    save(associator.touchedClocks(), associator::clockTold, clocks);
    save(associator.touchedStrays(), associator::stray, strays);
    associator.saved();
  }

  /** The key goes into the state as it is known there, boxed: there are many. */
  private static <K, V> void save(
      Collection<K> touched, Function<K, @Nullable V> last, MapState<K, V> state) throws Exception {
    if (touched.isEmpty()) {
      return;
    }
    for (K key : touched) {
      V value = last.apply(key);
      if (value == null) {
        state.remove(key);
      } else {
        state.put(key, value);
      }
    }
  }

  private static void awaitNext(Working cell, ReadOnlyContext context) {
    if (cell.associator.onlyWaits()) {
      return;
    }
    long next =
        cell.associator.isEmpty()
            ? cell.associator.learnedEndMicros()
            : cell.associator.nextMicros();
    long millis = next == Long.MAX_VALUE ? next : next / 1_000 + 1;
    if (millis < cell.timerMillis) {
      context.timerService().registerEventTimeTimer(millis);
      cell.timerMillis = millis;
    }
  }

  /** Sets a timer for the end of the silence that closes a cell; false if it is over. */
  private boolean awaitSilence(ReadOnlyContext context) throws Exception {
    patterns(context); // the longest of them says how long alerts wait for more
    long now = context.timerService().currentProcessingTime();
    long due = silence.dueMillis(now, context.currentWatermark(), patienceMillis());
    if (due <= now) {
      return false;
    }
    context.timerService().registerProcessingTimeTimer(due);
    return true;
  }

  private void inForce(List<Pattern> now) {
    patterns = now;
    horizonMillis = CellAssociator.horizonMicros(settings, now) / 1_000;
  }

  private List<Pattern> patterns(ReadOnlyContext context) throws Exception {
    List<Pattern> known = patterns;
    if (known == null) {
      List<Pattern> entries = new ArrayList<>();
      context
          .getBroadcastState(PATTERNS)
          .immutableEntries()
          .forEach(e -> entries.add(e.getValue()));
      known = entries;
      inForce(known);
    }
    return known;
  }

  private CellSites sites(ReadOnlyBroadcastState<String, SensorSite> broadcast) throws Exception {
    CellSites known = sites;
    if (known == null) {
      CellSites all = new CellSites(reach);
      broadcast.immutableEntries().forEach(e -> all.change(null, e.getValue()));
      known = all;
      sites = known;
    }
    return known;
  }

  private static long micros(long watermarkMillis) {
    if (watermarkMillis > Long.MAX_VALUE / 2_000) {
      return Long.MAX_VALUE / 2;
    }
    return watermarkMillis < 0 ? Long.MIN_VALUE : watermarkMillis * 1_000;
  }
}

package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a cell works with: its picks by id, by label and time, linked to clusters, and when to look
 * at each cluster again. All of it follows from the picks.
 */
final class CellMemory {

  /** Deadlines are rounded up to this, so that many share a timer. */
  private static final long AGENDA_MICROS = 250_000;

  private static final Comparator<Cluster> EARLIEST_FIRST =
      Comparator.comparingLong((Cluster c) -> c.lastMicros)
          .thenComparing(c -> newest(c).pick.detectionId());

  private final Settings settings;
  private final Map<String, Arrival> byId = new HashMap<>();
  private final Map<String, ArrivalIndex> byLabel = new TreeMap<>();
  private final Long2ObjectOpenHashMap<List<Pick>> bySecond = new Long2ObjectOpenHashMap<>();
  private final Touched<Long> touchedSeconds = new Touched<>();
  private final Agenda<Cluster> agenda = new Agenda<>(AGENDA_MICROS);

  /** First onsets of the clusters that are not settled. */
  private final OpenTimes unsettled = new OpenTimes();

  /** Located sounds, provisional and settled, in no particular order. */
  final List<Origin> origins = new ArrayList<>();

  long newestMicros = Long.MIN_VALUE;

  CellMemory(Settings settings) {
    this.settings = settings;
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }

  boolean knows(String detectionId) {
    return byId.containsKey(detectionId);
  }

  @Nullable Arrival get(String detectionId) {
    return byId.get(detectionId);
  }

  Collection<Arrival> arrivals() {
    return byId.values();
  }

  @Nullable ArrivalIndex index(String label) {
    return byLabel.get(label);
  }

  /** Adds a pick and links it; what it is linked with directly goes to {@code linked}. */
  void add(Arrival arrival, List<Arrival> linked) {
    ArrivalIndex index = byLabel.get(arrival.pick.label());
    if (index == null) {
      index = new ArrivalIndex(settings.travelMicros());
      byLabel.put(arrival.pick.label(), index);
    }
    index.linked(arrival, settings, linked);
    index.add(arrival);
    byId.put(arrival.pick.detectionId(), arrival);
    long second = second(arrival.pick);
    List<Pick> there = bySecond.get(second);
    if (there == null) {
      there = new ArrayList<>(4);
      bySecond.put(second, there);
    }
    there.add(arrival.pick);
    touchedSeconds.add(second);
    newestMicros = Math.max(newestMicros, arrival.pick.onsetMicros());
    Cluster cluster = null;
    for (int i = 0; i < linked.size(); i++) {
      Cluster other = linked.get(i).cluster;
      if (other != null && other != cluster) {
        cluster = cluster == null ? other : merged(cluster, other);
      }
    }
    if (cluster == null) {
      cluster = new Cluster();
    }
    boolean wasDue = !cluster.members.isEmpty() && !cluster.settled;
    boolean solved = cluster.members.isEmpty() || cluster.solved;
    cluster.add(arrival);
    cluster.solved = solved;
    if (linked.size() >= 2) {
      cluster.unsearched.add(arrival);
    }
    await(cluster);
    if (!wasDue) {
      lookAt(cluster, cluster.lastMicros + settings.travelMicros());
    }
  }

  private Cluster merged(Cluster a, Cluster b) {
    Cluster into = a.members.size() >= b.members.size() ? a : b;
    Cluster from = into == a ? b : a;
    boolean wasDue = !into.settled;
    awaitNoMore(from);
    into.absorb(from);
    await(into);
    if (!wasDue) {
      lookAt(into, into.lastMicros + settings.travelMicros());
    }
    return into;
  }

  /** It is not settled. */
  private void await(Cluster cluster) {
    if (cluster.waiting && cluster.firstMicros != cluster.waitingMicros) {
      awaitNoMore(cluster);
    }
    if (!cluster.waiting) {
      cluster.waiting = true;
      cluster.waitingMicros = cluster.firstMicros;
      unsettled.open(cluster.firstMicros);
    }
  }

  private void awaitNoMore(Cluster cluster) {
    if (cluster.waiting) {
      cluster.waiting = false;
      unsettled.close(cluster.waitingMicros);
    }
  }

  void lookAt(Cluster cluster, long micros) {
    agenda.add(micros, cluster);
  }

  /** The clusters to look at by {@code watermarkMicros}, each once, taken off the agenda. */
  List<Cluster> due(long watermarkMicros) {
    List<Cluster> due = new ArrayList<>(4);
    agenda.due(watermarkMicros, due);
    List<Cluster> ordered = new ArrayList<>(due.size());
    for (Cluster cluster : due) {
      if (!cluster.members.isEmpty()) {
        ordered.add(cluster);
      }
    }
    if (ordered.size() < 2) {
      return ordered;
    }
    ordered.sort(EARLIEST_FIRST);
    List<Cluster> once = new ArrayList<>(ordered.size());
    Cluster last = null;
    for (Cluster cluster : ordered) {
      if (cluster != last) {
        once.add(cluster);
      }
      last = cluster;
    }
    return once;
  }

  private static Arrival newest(Cluster cluster) {
    return cluster.members.stream().max(Arrival.BY_ONSET).orElseThrow();
  }

  long nextMicros() {
    return agenda.nextMicros();
  }

  void settled(Cluster cluster) {
    cluster.settled = true;
    awaitNoMore(cluster);
  }

  /** The oldest onset whose sound is not settled, or {@code watermarkMicros} if there is none. */
  long oldestUnsettledMicros(long watermarkMicros) {
    return Math.min(unsettled.least(), watermarkMicros);
  }

  /** Puts {@code found} in the place of what a cluster's picks were explained by so far. */
  void replaceOrigins(Cluster cluster, List<Origin> found) {
    for (Origin old : List.copyOf(cluster.origins)) {
      drop(old);
    }
    for (Origin origin : found) {
      take(origin, cluster);
    }
  }

  void take(Origin origin, Cluster cluster) {
    origin.cluster = cluster;
    cluster.origins.add(origin);
    origins.add(origin);
    for (int i = 0; i < origin.members.size(); i++) {
      origin.members.get(i).origin = origin;
    }
  }

  void drop(Origin origin) {
    for (int i = 0; i < origin.members.size(); i++) {
      if (origin.members.get(i).origin == origin) {
        origin.members.get(i).origin = null;
      }
    }
    if (origin.cluster != null) {
      origin.cluster.origins.remove(origin);
    }
    origins.remove(origin);
  }

  /** Splits off the members before {@code untilMicros}, as pieces of {@code lengthMicros} each. */
  List<Cluster> cut(Cluster cluster, long untilMicros, long lengthMicros) {
    for (Origin origin : List.copyOf(cluster.origins)) {
      drop(origin);
    }
    TreeMap<Long, Cluster> pieces = new TreeMap<>();
    List<Arrival> rest = new ArrayList<>();
    for (Arrival arrival : cluster.members) {
      if (arrival.pick.onsetMicros() < untilMicros) {
        long piece = Math.floorDiv(arrival.pick.onsetMicros(), lengthMicros);
        pieces.computeIfAbsent(piece, p -> new Cluster()).add(arrival);
      } else {
        rest.add(arrival);
      }
    }
    awaitNoMore(cluster);
    cluster.members.clear();
    if (!rest.isEmpty()) {
      Cluster remainder = new Cluster();
      rest.forEach(remainder::add);
      remainder.continued = true;
      await(remainder);
      lookAt(remainder, remainder.lastMicros + settings.travelMicros());
    }
    pieces.values().forEach(this::await);
    return new ArrayList<>(pieces.values());
  }

  void forget(Cluster cluster) {
    for (Origin origin : List.copyOf(cluster.origins)) {
      drop(origin);
    }
    for (Arrival arrival : cluster.members) {
      byId.remove(arrival.pick.detectionId());
      ArrivalIndex index = byLabel.get(arrival.pick.label());
      if (index != null) {
        index.remove(arrival);
      }
      long second = second(arrival.pick);
      List<Pick> kept = bySecond.get(second);
      if (kept != null && kept.remove(arrival.pick) && kept.isEmpty()) {
        bySecond.remove(second);
      }
      touchedSeconds.add(second);
    }
    awaitNoMore(cluster);
    cluster.members.clear();
  }

  private static long second(Pick pick) {
    return Math.floorDiv(pick.onsetMicros(), 1_000_000L);
  }

  /** Seconds whose picks changed since {@link #saved}. */
  Collection<Long> touchedSeconds() {
    return touchedSeconds.keys();
  }

  List<Pick> picksOf(long second) {
    List<Pick> picks = bySecond.get(second);
    return picks == null ? List.of() : picks;
  }

  void saved() {
    touchedSeconds.clear();
  }
}

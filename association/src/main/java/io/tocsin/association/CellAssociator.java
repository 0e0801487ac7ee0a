package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Associates the picks of one cell of a partitioned area.
 *
 * <p>A pick touches only the cluster of picks that one sound may link it with. What it changes is
 * said at once, provisionally; when the watermark has passed a cluster, its origins are found anew
 * from the set of its picks alone, and that is the last word: the same for any order of arrival. A
 * pattern's alert closes when all that could belong to it is settled.
 *
 * <p>Mutable, for one thread. Everything it knows follows from the picks and from what it has said:
 * {@link #touchedSeconds} and {@link #touchedSaid} tell what of these changed, for a state backend,
 * and {@link #restore} begins from them.
 */
public final class CellAssociator {

  /** A cluster that grows without a pause is cut at multiples of so many travel times. */
  private static final int LONGEST_TRAVELS = 3;

  private static final long SLACK_MICROS = 500_000;
  private static final double FITS_SECONDS = 0.05;

  private final Settings settings;
  private final SiteIndex sites;
  private final Predicate<GeoPoint> owns;
  private final CellMemory memory;
  private final Ledger ledger = new Ledger();
  private final Background background;
  private final OriginSearch search;
  private final AlertSearch alerts;
  private final List<Arrival> linked = new ArrayList<>();

  /** Settled origins whose alerts are not closed yet. */
  private final Set<Origin> pending = new HashSet<>();

  private List<Watch> watches = List.of();

  /** The longest of the patterns'. */
  private long withinMicros;

  private long settledMicros = Long.MIN_VALUE;

  /**
   * A sound event and its revision.
   *
   * @param withdrawn when its picks turned out to be other sounds', or chance
   */
  public record RevisedEvent(SoundEvent event, int revision, boolean withdrawn) {}

  /** Where what is said goes. */
  public interface Voice {

    /** A located sound, or a revision of it. */
    void event(RevisedEvent event);

    /** An alert, or a revision of it. */
    void alert(Alert alert);
  }

  /**
   * @param sites sensors within reach; may change later
   * @param owns whether the cell owns what is anchored at a place: it speaks for that alone, so
   *     that each event and alert comes from just one cell
   */
  public CellAssociator(
      Settings settings, SiteIndex sites, Collection<Pattern> patterns, Predicate<GeoPoint> owns) {
    this.settings = settings;
    this.sites = sites;
    this.owns = owns;
    this.memory = new CellMemory(settings);
    this.background = new Background(settings.falsePicksPerHour());
    this.search = new OriginSearch(settings, sites, background);
    this.alerts = new AlertSearch(settings, sites, background, memory, this::solve);
    watch(patterns);
  }

  /** Longest time for which a pick can still matter to another, by origin or pattern. */
  public static long horizonMicros(Settings settings, Collection<Pattern> patterns) {
    long within = patterns.stream().mapToLong(Pattern::withinMicros).max().orElse(0);
    return within + 2 * settings.travelMicros();
  }

  private void watch(Collection<Pattern> patterns) {
    watches =
        patterns.stream()
            .filter(Pattern::enabled)
            .sorted(Comparator.comparing(Pattern::patternId))
            .map(Watch::of)
            .toList();
    withinMicros = watches.stream().mapToLong(w -> w.pattern().withinMicros()).max().orElse(0);
  }

  /** Begins from what was kept. */
  public void restore(Iterable<Pick> picks, Iterable<Said> said, Iterable<Chatter> chatter) {
    chatter.forEach(background::restore);
    said.forEach(ledger::restore);
    for (Pick pick : picks) {
      linked.clear();
      memory.add(new Arrival(pick, sites, settings), linked);
    }
    saved();
  }

  /**
   * Takes a pick; false for one that is known, or so late that its time is forgotten.
   *
   * @param watermarkMicros what time it is
   */
  public boolean add(Pick pick, long watermarkMicros, Voice voice) {
    Arrival arrival = added(pick, watermarkMicros);
    if (arrival == null) {
      return false;
    }
    if (linked.size() >= 2 && anyHome(arrival)) {
      Origin changed = provisional(arrival, voice);
      if (changed != null) {
        sayEvent(changed, false, voice);
        sayAlerts(changed, false, false, voice);
        return true;
      }
    }
    for (Watch watch : watches) {
      if (watch.slots().size() > 1 && watch.labels().contains(pick.label())) {
        completeByLonePick(arrival, watch, voice);
      }
    }
    return true;
  }

  /**
   * Takes a pick and says nothing of it before it is settled: for those who ask for last words
   * only, which are the same.
   */
  boolean addQuietly(Pick pick, long watermarkMicros) {
    return added(pick, watermarkMicros) != null;
  }

  private @Nullable Arrival added(Pick pick, long watermarkMicros) {
    settledMicros = Math.max(settledMicros, watermarkMicros);
    if (memory.knows(pick.detectionId())
        || (settledMicros != Long.MIN_VALUE
            && pick.onsetMicros() < settledMicros - retentionMicros())) {
      return null;
    }
    Arrival arrival = new Arrival(pick, sites, settings);
    linked.clear();
    memory.add(arrival, linked);
    return arrival;
  }

  private boolean anyHome(Arrival arrival) {
    if (arrival.home(owns)) {
      return true;
    }
    for (Arrival other : linked) {
      if (other.home(owns)) {
        return true;
      }
    }
    return false;
  }

  /** Puts a new pick to the origin that it fits, or finds one that it makes with others. */
  private @Nullable Origin provisional(Arrival arrival, Voice voice) {
    Cluster cluster = arrival.cluster;
    if (cluster == null) {
      return null;
    }
    cluster.unsearched.remove(arrival);
    Origin tried = null;
    List<Arrival> free = new ArrayList<>(List.of(arrival));
    for (Arrival other : linked) {
      Origin origin = other.origin;
      if (origin == null) {
        free.add(other);
      } else if (origin != tried && fits(arrival, origin)) {
        tried = origin;
        List<Arrival> members = new ArrayList<>(origin.members);
        members.add(arrival);
        members.sort(Arrival.BY_ONSET);
        Origin refined = search.refined(members, origin);
        if (refined != null && refined.members.contains(arrival)) {
          memory.drop(origin);
          pending.remove(origin);
          memory.take(refined, cluster);
          if (refined.anchor() != origin.anchor()) {
            ledger.withdraw(origin.anchor().pick, voice);
          }
          return refined;
        }
      }
    }
    if (free.size() < 3) {
      return null;
    }
    free.sort(Arrival.BY_ONSET);
    Origin found = search.origin(free, arrival);
    if (found != null) {
      memory.take(found, cluster);
    }
    return found;
  }

  private boolean fits(Arrival arrival, Origin origin) {
    double d = LocalPlane.metres(arrival.x - origin.x, arrival.y - origin.y);
    double late =
        (arrival.pick.onsetMicros() - origin.originMicros) * 1e-6 - d / settings.speedOfSound();
    double margin =
        3 * arrival.sigma + FITS_SECONDS + 2 * origin.semiMajorMetres() / settings.speedOfSound();
    return d <= settings.reachMetres() && late > -margin && late < margin + Settings.LATE_SECONDS;
  }

  private void completeByLonePick(Arrival arrival, Watch watch, Voice voice) {
    long slack = watch.pattern().withinMicros() + settings.travelMicros();
    double reach = settings.reachMetres() + watch.pattern().withinMetres();
    List<Origin> beside = new ArrayList<>(0);
    for (int i = 0; i < memory.origins.size(); i++) {
      Origin origin = memory.origins.get(i);
      if (Math.abs(origin.originMicros - arrival.pick.onsetMicros()) <= slack
          && Math.abs(origin.x - arrival.x) <= reach
          && LocalPlane.metres(origin.x - arrival.x, origin.y - arrival.y) <= reach
          && !origin.label().equals(arrival.pick.label())
          && watch.labels().contains(origin.label())) {
        beside.add(origin);
      }
    }
    for (Origin origin : beside) {
      sayAlerts(origin, watch, false, false, voice);
    }
  }

  /**
   * Looks for a cluster's origins as far as its picks are known by now. While more of them come,
   * those that came are looked at by themselves: a cluster may be long, and there are many.
   */
  private void solve(Cluster cluster) {
    List<Arrival> unsearched = List.copyOf(cluster.unsearched);
    cluster.unsearched.clear();
    if (!cluster.solved) {
      cluster.solved = true;
      search.origins(free(cluster.members)).forEach(o -> memory.take(o, cluster));
      return;
    }
    for (Arrival arrival : unsearched) {
      ArrivalIndex index = memory.index(arrival.pick.label());
      if (arrival.origin == null && index != null) {
        List<Arrival> around = new ArrayList<>(List.of(arrival));
        index.linked(arrival, settings, around);
        around.removeIf(a -> a.cluster != cluster);
        Origin found = search.origin(free(around), arrival);
        if (found != null) {
          memory.take(found, cluster);
        }
      }
    }
  }

  private static List<Arrival> free(List<Arrival> arrivals) {
    List<Arrival> free = new ArrayList<>(arrivals);
    free.removeIf(arrival -> arrival.origin != null);
    free.sort(Arrival.BY_ONSET);
    return free;
  }

  /** No pick earlier than {@code watermarkMicros} comes any more: settles, closes and forgets. */
  public void settle(long watermarkMicros, Voice voice) {
    settledMicros = Math.max(settledMicros, watermarkMicros);
    while (memory.nextMicros() <= watermarkMicros) {
      List<Cluster> due = memory.due(watermarkMicros);
      List<Cluster> over = new ArrayList<>();
      for (Cluster cluster : due) {
        if (cluster.settled) {
          over.add(cluster);
        } else {
          settle(cluster, watermarkMicros, voice);
        }
      }
      long time = memory.oldestUnsettledMicros(watermarkMicros) - settings.travelMicros();
      close(time, voice);
      forget(over, watermarkMicros);
    }
    background.forgetBefore(watermarkMicros);
    if (memory.isEmpty()) {
      pending.clear();
      ledger.forgetBefore(Long.MAX_VALUE);
    }
  }

  /**
   * Settles and closes all, because nobody speaks and so nobody's time moves. What comes afterwards
   * is not late for that.
   */
  public void settleAll(Voice voice) {
    long before = settledMicros;
    settle(memory.newestMicros + 3 * retentionMicros(), voice);
    settledMicros = before;
  }

  private void settle(Cluster cluster, long watermarkMicros, Voice voice) {
    long due = cluster.lastMicros + settings.travelMicros();
    long longest = longestMicros();
    if (cluster.continued || cluster.lastMicros - cluster.firstMicros > longest) {
      long until = Math.floorDiv(watermarkMicros - settings.travelMicros(), longest) * longest;
      if (due < watermarkMicros) {
        until = Long.MAX_VALUE;
      }
      if (until > cluster.firstMicros) {
        cluster.origins.forEach(pending::remove);
        memory.cut(cluster, until, longest).forEach(piece -> settleWhole(piece, voice));
        return;
      }
    }
    if (due < watermarkMicros) {
      settleWhole(cluster, voice);
    } else {
      memory.lookAt(
          cluster,
          Math.min(
              due,
              Math.max(cluster.firstMicros + longest, watermarkMicros) + settings.travelMicros()));
    }
  }

  private void settleWhole(Cluster cluster, Voice voice) {
    memory.settled(cluster);
    cluster.unsearched.clear();
    memory.lookAt(cluster, cluster.lastMicros + retentionMicros());
    cluster.judged = cluster.members.size() < 3;
    if (cluster.judged) {
      withdrawOthers(cluster, voice);
      return;
    }
    cluster.origins.forEach(pending::remove);
    boolean home = false;
    for (int i = 0; i < cluster.members.size() && !home; i++) {
      home = cluster.members.get(i).home(owns);
    }
    cluster.solved = home;
    if (!home) {
      memory.replaceOrigins(cluster, List.of());
      return;
    }
    cluster.judged = true;
    cluster.members.sort(Arrival.BY_ONSET);
    memory.replaceOrigins(cluster, search.origins(cluster.members));
    for (Origin origin : cluster.origins) {
      sayEvent(origin, true, voice);
      await(origin);
    }
    withdrawOthers(cluster, voice);
  }

  /** What was said of a cluster's picks while more of them came, and is none of its last words. */
  private void withdrawOthers(Cluster cluster, Voice voice) {
    for (Arrival arrival : cluster.members) {
      if (arrival.origin == null || arrival.origin.anchor() != arrival) {
        ledger.withdraw(arrival.pick, voice);
      }
    }
  }

  /** What may be in an alert is looked at again when nothing can join it any more. */
  private void await(Origin origin) {
    Cluster cluster = origin.cluster;
    if (cluster != null && cluster.settled && origin.anchor().home(owns)) {
      pending.add(origin);
      memory.lookAt(cluster, closingMicros(origin) + settings.travelMicros() + 2 * SLACK_MICROS);
    }
  }

  /** Closes the alerts to which nothing can be added any more: all is settled up to a time. */
  private void close(long timeMicros, Voice voice) {
    if (pending.isEmpty() && ledger.all().isEmpty()) {
      return;
    }
    List<Origin> ordered = new ArrayList<>(pending);
    ordered.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    for (Origin origin : ordered) {
      if (closingMicros(origin) < timeMicros && sayAlerts(origin, true, false, voice)) {
        pending.remove(origin);
      }
    }
    for (Said open : List.copyOf(ledger.all())) {
      if (open.openAlert()
          && open.lastOnsetMicros() + withinMicros + 2 * settings.travelMicros() + SLACK_MICROS
              < timeMicros) {
        ledger.retract(open, open.revision() + 1, voice);
      }
    }
  }

  private long closingMicros(Origin origin) {
    return origin.members.get(origin.members.size() - 1).pick.onsetMicros()
        + withinMicros
        + SLACK_MICROS;
  }

  private void forget(List<Cluster> over, long watermarkMicros) {
    long oldest = Long.MAX_VALUE;
    for (Origin origin : pending) {
      oldest = Math.min(oldest, origin.anchor().pick.onsetMicros());
    }
    long needed = withinMicros + 2 * settings.travelMicros();
    for (Cluster cluster : over) {
      long until = cluster.lastMicros + retentionMicros();
      if (cluster.members.isEmpty() || !cluster.settled) {
        continue;
      }
      boolean waiting = cluster.origins.stream().anyMatch(pending::contains);
      if (until > watermarkMicros) {
        memory.lookAt(cluster, waiting ? Math.min(until, watermarkMicros + 1_000_000) : until);
      } else if (oldest != Long.MAX_VALUE && cluster.lastMicros >= oldest - needed) {
        memory.lookAt(cluster, watermarkMicros + 1_000_000);
      } else {
        cluster.origins.forEach(pending::remove);
        learn(cluster);
        memory.forget(cluster);
      }
    }
    ledger.forgetBefore(watermarkMicros - 2 * retentionMicros());
  }

  /** Just once, when its picks leave the state: what belongs to no sound is background. */
  private void learn(Cluster cluster) {
    for (Arrival arrival : cluster.members) {
      if (cluster.judged && arrival.origin == null) {
        background.learn(arrival);
      }
    }
  }

  private void sayEvent(Origin origin, boolean settled, Voice voice) {
    if (!origin.anchor().home(owns)) {
      return;
    }
    long first = origin.anchor().pick.onsetMicros();
    ArrivalIndex index = memory.index(origin.label());
    int around =
        index == null
            ? 0
            : index.count(first - settings.travelMicros(), first + settings.travelMicros());
    ledger.event(
        origin.event(sites.plane()),
        around,
        settled,
        origin.members.get(origin.members.size() - 1).pick.onsetMicros(),
        voice);
  }

  private boolean sayAlerts(Origin origin, boolean closing, boolean anew, Voice voice) {
    boolean over = true;
    for (Watch watch : watches) {
      if (watch.labels().contains(origin.label())) {
        over &= sayAlerts(origin, watch, closing, anew, voice);
      }
    }
    return over;
  }

  /** Whether, in closing, the last word is said. */
  private boolean sayAlerts(
      Origin origin, Watch watch, boolean closing, boolean anew, Voice voice) {
    long time =
        memory.oldestUnsettledMicros(settledMicros) - settings.travelMicros() - SLACK_MICROS;
    AlertSearch.Found found =
        alerts.around(
            origin, watch, a -> a.home(owns), closing ? time - withinMicros : Long.MAX_VALUE);
    boolean closed = closing && found.settled() && found.lastOnsetMicros() + withinMicros < time;
    Set<String> said = new HashSet<>();
    for (Alert matched : found.alerts()) {
      Alert alert = Burst.amid(memory.origins, matched, sites.plane(), o -> o.anchor().home(owns));
      if (alert.probability() < watch.pattern().minimumProbability()) {
        continue;
      }
      Pick anchor = alert.events().get(0).anchor();
      said.add(alert.alertId());
      if (!owns.test(anchor.place())) {
        continue;
      }
      if (!closing || closed) {
        int around = picksAround(anchor, watch);
        ledger.alert(alert, around, closed, anew, found.lastOnsetMicros(), voice);
      }
    }
    if (!closing || closed) {
      retractOthers(found, said, watch, voice);
    }
    return closed || !closing;
  }

  /** How many picks of the pattern's labels are known that may matter to an alert. */
  private int picksAround(Pick anchor, Watch watch) {
    long from = anchor.onsetMicros() - settings.travelMicros();
    long to = anchor.onsetMicros() + watch.pattern().withinMicros() + settings.travelMicros();
    int around = 0;
    for (String label : watch.labels()) {
      ArrivalIndex index = memory.index(label);
      around += index == null ? 0 : index.count(from, to);
    }
    return around;
  }

  /** Takes back open alerts of what was gathered that it does not make any more. */
  private void retractOthers(AlertSearch.Found found, Set<String> said, Watch watch, Voice voice) {
    for (Said open : List.copyOf(ledger.all())) {
      if (!open.openAlert()) {
        continue;
      }
      Alert alert = open.alert().get(0);
      if (!alert.patternId().equals(watch.pattern().patternId())
          || said.contains(alert.alertId())) {
        continue;
      }
      for (SoundEvent event : alert.events()) {
        Arrival anchor = memory.get(event.anchor().detectionId());
        if (anchor != null && anchor.origin != null && found.gathered().contains(anchor.origin)) {
          int around = picksAround(alert.events().get(0).anchor(), watch);
          if (2 * around > open.revision()) {
            ledger.retract(open, 2 * around, voice);
          }
          break;
        }
      }
    }
  }

  /** Says what is to be said anew after patterns changed. */
  public void reconsider(Collection<Pattern> patterns, Voice voice) {
    watch(patterns);
    for (Said open : List.copyOf(ledger.all())) {
      if (open.openAlert()
          && watches.stream()
              .noneMatch(w -> w.pattern().patternId().equals(open.alert().get(0).patternId()))) {
        ledger.retract(open, open.revision() + 1, voice);
      }
    }
    List<Origin> ordered = new ArrayList<>(memory.origins);
    ordered.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    for (Origin origin : ordered) {
      await(origin);
      sayAlerts(origin, false, true, voice);
    }
  }

  private long longestMicros() {
    return LONGEST_TRAVELS * settings.travelMicros();
  }

  private long retentionMicros() {
    return Math.max(withinMicros, longestMicros())
        + withinMicros
        + 4 * settings.travelMicros()
        + SLACK_MICROS;
  }

  /** When, by event time, {@link #settle} next has something to do; for a timer. */
  public long nextMicros() {
    return memory.nextMicros();
  }

  /** Nothing is known, and nothing that was said can be revised. */
  public boolean isEmpty() {
    return memory.isEmpty();
  }

  /** The seconds since the epoch whose picks changed since {@link #saved}. */
  public Collection<Long> touchedSeconds() {
    return memory.touchedSeconds();
  }

  /** The picks to keep of a second; none, if it may be forgotten. */
  public List<Pick> picksOf(long second) {
    return List.copyOf(memory.picksOf(second));
  }

  /** Keys of what was said or forgotten since {@link #saved}. */
  public Collection<String> touchedSaid() {
    return ledger.touched();
  }

  /** What was said last under a key; null if that may be forgotten. */
  public @Nullable Said said(String key) {
    return ledger.get(key);
  }

  /** Sources whose background rates changed since {@link #saved}. */
  public Collection<Long> touchedChatter() {
    return background.touched();
  }

  /** What is known of a background rate; null if that may be forgotten. */
  public @Nullable Chatter chatter(long source) {
    return background.get(source);
  }

  /** By when the background rates that are known now count no more. */
  public long backgroundEndMicros() {
    return background.endMicros();
  }

  /** No picks and no background rates are known. */
  public boolean knowsNothing() {
    return memory.isEmpty() && background.isEmpty();
  }

  /** What changed so far is kept elsewhere. */
  public void saved() {
    background.saved();
    memory.saved();
    ledger.saved();
  }
}

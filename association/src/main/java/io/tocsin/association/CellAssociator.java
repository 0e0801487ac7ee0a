package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
 * and {@link #restore} begins from them. What another attempt at the same work has said it learns
 * of by {@link #hear}.
 */
public final class CellAssociator {

  /** A cluster that grows without a pause is cut at multiples of so many travel times. */
  private static final int LONGEST_TRAVELS = 3;

  /** So many picks of one sound are divided anew with each that comes. */
  private static final int FEW_TO_DIVIDE = 48;

  /** What is settled is forgotten by then, even if an alert that waits for more held it up. */
  private static final int FORGOTTEN_RETENTIONS = 3;

  /** Any so many picks have a place that explains them, right or wrong. */
  private static final int EASILY_EXPLAINED = 3;

  private static final long SLACK_MICROS = 500_000;
  private static final double FITS_SECONDS = 0.05;

  private final Settings settings;
  private final SiteIndex sites;
  private final Predicate<GeoPoint> owns;
  private final CellMemory memory;
  private final Ledger ledger = new Ledger();
  private final Strays strays = new Strays();
  private final Background background;
  private final Wind wind;
  private final Clocks clocks;
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
    this.wind = new Wind(settings.windVariance());
    this.clocks = new Clocks();
    this.search = new OriginSearch(settings, sites, background, wind, clocks);
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
    wind.learnsWithin(FORGOTTEN_RETENTIONS * retentionMicros());
    clocks.learnsWithin(FORGOTTEN_RETENTIONS * retentionMicros());
  }

  /** Begins from what was kept. */
  public void restore(
      Iterable<Pick> picks,
      Iterable<Said> said,
      Iterable<Chatter> chatter,
      Iterable<WindTold> windTold,
      Iterable<ClockTold> clocksTold,
      Iterable<Alert> strayAlerts) {
    strayAlerts.forEach(strays::restore);
    chatter.forEach(background::restore);
    windTold.forEach(wind::restore);
    clocksTold.forEach(clocks::restore);
    said.forEach(ledger::restore);
    for (Pick pick : picks) {
      linked.clear();
      Arrival arrival = new Arrival(pick, sites, settings);
      arrival.announced = ledger.get(Said.keyOfEvent(pick.detectionId())) != null;
      memory.add(arrival, linked);
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
    say(arrival, voice);
    for (Alert stray : strays.awaiting(pick.detectionId())) {
      hear(stray, true, voice);
    }
    return true;
  }

  /** What a new pick changes. */
  private void say(Arrival arrival, Voice voice) {
    if (linked.size() >= 2 && anyHome(arrival)) {
      Origin changed = provisional(arrival, voice);
      if (changed != null) {
        sayEvent(changed, false, voice);
        sayAlerts(changed, false, false, voice);
        return;
      }
      if (!saidAnew(arrival, voice)) {
        sayAlertsOfOthers(arrival, voice);
      }
    }
    for (Watch watch : watches) {
      if (watch.slots().size() > 1 && watch.labels().contains(arrival.pick.label())) {
        completeByLonePick(arrival, watch, voice);
      }
    }
  }

  /**
   * Takes note of what stands in the alert topic. Nearly always it is what the cell has said
   * itself; then nothing comes of it. But a worker that died may have said an alert that it would
   * have taken back, under an id that the attempt in its place never comes by; and one that was
   * given up may still live, and speak. An open alert that goes further than what the cell has said
   * of it is revised, closed or taken back as if it were the cell's own.
   *
   * @param theirs as read from the topic; of the picks only the ids count
   * @param waits whether to keep it while its anchor is not known, for {@link #endStrays}
   */
  public void hear(Alert theirs, boolean waits, Voice voice) {
    Said ours = ledger.get(Said.keyOfAlert(theirs.alertId()));
    if (ours != null && ours.revision() >= theirs.revision()) {
      strays.removeUpTo(ours.revision(), theirs.alertId());
      return;
    }
    String anchorId = theirs.anchorId();
    if (anchorId == null) {
      return;
    }
    if (!theirs.isOpen()) {
      strays.removeUpTo(theirs.revision(), theirs.alertId());
    }
    Arrival anchor = memory.get(anchorId);
    if (anchor == null) {
      if (waits && theirs.isOpen()) {
        strays.put(theirs);
      }
      return;
    }
    strays.removeUpTo(theirs.revision(), theirs.alertId());
    if (anchor.home(owns) && theirs.state() != Alert.State.CLOSED) {
      adopt(theirs, anchor, voice);
    }
  }

  private void adopt(Alert theirs, Arrival anchor, Voice voice) {
    Alert known = Strays.known(theirs, anchor.pick, memory);
    long last = anchor.pick.onsetMicros();
    for (SoundEvent event : known.events()) {
      for (SoundEvent.EventPick pick : event.picks()) {
        Arrival arrival = memory.get(pick.pick().detectionId());
        last = arrival == null ? last : Math.max(last, arrival.pick.onsetMicros());
      }
    }
    Cluster cluster = anchor.cluster;
    if (!ledger.adopt(known, last, voice) || cluster == null) {
      return;
    }
    memory.lookAt(cluster, overMicros(last) + settings.travelMicros() + SLACK_MICROS);
    for (Origin origin : List.copyOf(cluster.origins)) {
      sayAlerts(origin, false, false, voice);
    }
  }

  /**
   * Has the last word on alerts whose picks nobody has brought and that nobody else ends: the
   * work's state was lost, or a worker stood still for so long that all is forgotten. What now
   * holds their picks replaces them; else they are closed as they stand, since that they were wrong
   * is not known either.
   *
   * @param due which of them have waited long enough
   * @param watermarkMicros what time it is
   * @return how many there were
   */
  public int endStrays(Predicate<Alert> due, long watermarkMicros, Voice voice) {
    int ended = 0;
    for (Alert stray : strays.all()) {
      if (stray.endedMicros() + retentionMicros() < watermarkMicros && due.test(stray)) {
        strays.removeUpTo(stray.revision(), stray.alertId());
        ended++;
        String successor = successor(stray, List.of());
        int revision = stray.revision() + 1;
        voice.alert(
            successor == null
                ? stray.as(Alert.State.CLOSED, revision)
                : stray.takenBack(revision, successor));
      }
    }
    return ended;
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

  /**
   * A pick that an origin of few does not explain may be of the sound that the few were: they are
   * looked at anew, all together, lest the right word come when the last one does.
   */
  private boolean saidAnew(Arrival arrival, Voice voice) {
    Cluster cluster = arrival.cluster;
    if (cluster == null || !isBesideFew() || !solveWhole(Set.of(cluster), voice)) {
      return false;
    }
    for (Origin origin : List.copyOf(cluster.origins)) {
      sayAlerts(origin, false, false, voice);
    }
    return true;
  }

  private boolean isBesideFew() {
    for (Arrival other : linked) {
      if (other.origin != null && other.origin.members.size() <= EASILY_EXPLAINED) {
        return true;
      }
    }
    return false;
  }

  /** A pick that changes no origin by itself may change how alerted picks around it are divided. */
  private void sayAlertsOfOthers(Arrival arrival, Voice voice) {
    Cluster cluster = arrival.cluster;
    if (cluster != null && !cluster.origins.isEmpty() && isAlerted(Set.copyOf(cluster.origins))) {
      for (Origin origin : List.copyOf(cluster.origins)) {
        sayAlerts(origin, false, false, voice);
      }
    }
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
    List<Arrival> free = new ArrayList<>(linked.size() + 1);
    free.add(arrival);
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
      close(watermarkMicros, voice);
      forget(over, watermarkMicros, voice);
    }
    background.forgetBefore(watermarkMicros);
    wind.forgetBefore(watermarkMicros);
    clocks.forgetBefore(watermarkMicros);
    if (memory.isEmpty()) {
      pending.clear();
      forgetSaidBefore(Long.MAX_VALUE, voice);
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
    for (int i = 0; i < cluster.members.size(); i++) {
      Arrival arrival = cluster.members.get(i);
      if (arrival.announced && (arrival.origin == null || arrival.origin.anchor() != arrival)) {
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
  private void close(long watermarkMicros, Voice voice) {
    if (pending.isEmpty() && ledger.openAlerts().isEmpty()) {
      return;
    }
    long timeMicros = memory.oldestUnsettledMicros(watermarkMicros) - settings.travelMicros();
    List<Origin> closing = new ArrayList<>(0);
    for (Origin origin : pending) {
      if (closingMicros(origin) < timeMicros) {
        closing.add(origin);
      }
    }
    if (closing.size() > 1) {
      closing.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    }
    for (Origin origin : closing) {
      if (sayAlerts(origin, true, false, voice)) {
        pending.remove(origin);
      }
    }
    for (Said open : List.copyOf(ledger.openAlerts())) {
      if (overMicros(open.lastOnsetMicros()) < timeMicros) {
        takeBack(open, voice);
      }
    }
  }

  /** When nothing can join any more what was last heard at {@code lastOnsetMicros}. */
  private long overMicros(long lastOnsetMicros) {
    return lastOnsetMicros + withinMicros + 2 * settings.travelMicros() + SLACK_MICROS;
  }

  private void takeBack(Said open, Voice voice) {
    String successor = successor(open.alert().get(0), List.of());
    ledger.retract(open, open.revision() + 1, successor, voice);
  }

  /** No alert is forgotten that is open in the eyes of all others. */
  private void forgetSaidBefore(long micros, Voice voice) {
    for (Said open : List.copyOf(ledger.openAlerts())) {
      if (open.lastOnsetMicros() < micros) {
        takeBack(open, voice);
      }
    }
    ledger.forgetBefore(micros);
  }

  private long closingMicros(Origin origin) {
    return origin.members.get(origin.members.size() - 1).pick.onsetMicros()
        + withinMicros
        + SLACK_MICROS;
  }

  private void forget(List<Cluster> over, long watermarkMicros, Voice voice) {
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
      if (until > watermarkMicros) {
        boolean waiting = isAnyPending(cluster.origins);
        memory.lookAt(cluster, waiting ? Math.min(until, watermarkMicros + 1_000_000) : until);
      } else if (oldest != Long.MAX_VALUE && cluster.lastMicros >= oldest - needed) {
        memory.lookAt(cluster, watermarkMicros + 1_000_000);
      } else {
        cluster.origins.forEach(pending::remove);
        learn(cluster);
        memory.forget(cluster);
      }
    }
    forgetSaidBefore(watermarkMicros - 2 * retentionMicros(), voice);
  }

  private boolean isAnyPending(List<Origin> origins) {
    for (Origin origin : origins) {
      if (pending.contains(origin)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Just once, when its picks leave the state: what belongs to no sound is background, and sounds
   * tell of wind and clocks.
   */
  private void learn(Cluster cluster) {
    cluster.origins.forEach(search::tell);
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
    origin.anchor().announced = true;
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
    if (!closing && origin.anchor().origin != origin) {
      // Found anew meanwhile.
      return origin.cluster == null || sayAlertsOf(Set.of(origin.cluster), watch, anew, voice);
    }
    long time =
        memory.oldestUnsettledMicros(settledMicros) - settings.travelMicros() - SLACK_MICROS;
    AlertSearch.Found found =
        alerts.around(
            origin, watch, this::concerns, closing ? time - withinMicros : Long.MAX_VALUE);
    if (!closing) {
      Set<Cluster> clusters = clusters(found);
      if (solveWhole(clusters, voice)) {
        return sayAlertsOf(clusters, watch, anew, voice);
      }
    }
    boolean closed = closing && found.settled() && found.lastOnsetMicros() + withinMicros < time;
    Map<String, Alert> said = new TreeMap<>();
    for (Alert matched : found.alerts()) {
      Alert alert = Burst.amid(memory.origins, matched, sites.plane(), o -> o.anchor().home(owns));
      if (alert.probability() < watch.pattern().minimumProbability()) {
        continue;
      }
      Pick anchor = PatternMatcher.anchor(alert.events(), watch.slots());
      said.put(alert.alertId(), alert);
      if (!owns.test(anchor.place())) {
        continue;
      }
      if (!closing || closed) {
        int around = picksAround(anchor, watch);
        ledger.alert(alert, around, closed, anew, found.lastOnsetMicros(), voice);
      }
    }
    if (!closing || closed) {
      retractOthers(found, said, watch, closed, voice);
    }
    return closed || !closing;
  }

  private boolean sayAlertsOf(Set<Cluster> clusters, Watch watch, boolean anew, Voice voice) {
    for (Cluster cluster : clusters) {
      for (Origin origin : List.copyOf(cluster.origins)) {
        if (watch.labels().contains(origin.label())) {
          sayAlerts(origin, watch, false, anew, voice);
        }
      }
    }
    return true;
  }

  /** The clusters of an alert, or of what was gathered and may become one; else none. */
  private Set<Cluster> clusters(AlertSearch.Found found) {
    Set<Cluster> clusters = new LinkedHashSet<>();
    if (found.alerts().isEmpty() && !isAlerted(found.gathered())) {
      return clusters;
    }
    for (Origin origin : found.gathered()) {
      if (origin.cluster != null) {
        clusters.add(origin.cluster);
      }
    }
    for (Alert alert : found.alerts()) {
      for (SoundEvent event : alert.events()) {
        for (SoundEvent.EventPick pick : event.picks()) {
          Arrival arrival = memory.get(pick.pick().detectionId());
          if (arrival != null && arrival.cluster != null) {
            clusters.add(arrival.cluster);
          }
        }
      }
    }
    return clusters;
  }

  /**
   * Finds clusters' origins anew from all their picks: those put to origins one by one as they come
   * may be divided otherwise than all of them at once, and an early word is worth little if it is
   * not what the last one will be.
   *
   * @return whether there was one of which this was not done since it last changed
   */
  private boolean solveWhole(Set<Cluster> clusters, Voice voice) {
    List<Cluster> divided = clusters.stream().filter(this::mayBeDividedAnew).toList();
    for (Cluster cluster : divided) {
      cluster.origins.forEach(pending::remove);
      cluster.members.sort(Arrival.BY_ONSET);
      memory.replaceOrigins(cluster, search.origins(cluster.members));
      cluster.solved = true;
      cluster.unsearched.clear();
      cluster.whole = true;
      cluster.dividedAt = cluster.members.size();
    }
    for (Cluster cluster : divided) {
      cluster.origins.forEach(origin -> sayEvent(origin, false, voice));
      withdrawOthers(cluster, voice);
    }
    return !divided.isEmpty();
  }

  /**
   * Whether there is anything to divide or doubt, and not so much that it will be cut before. Many
   * picks are a burst's: they are divided again when a quarter more of them have come, so that the
   * work stays in proportion to them.
   */
  private boolean mayBeDividedAnew(Cluster cluster) {
    return !cluster.settled
        && !cluster.whole
        && !cluster.continued
        && cluster.lastMicros - cluster.firstMicros <= longestMicros()
        && (cluster.members.size() <= FEW_TO_DIVIDE
            || 4 * cluster.members.size() >= 5 * cluster.dividedAt)
        && (cluster.origins.size() != 1
            || cluster.members.size() <= OriginSearch.FEW
            || cluster.origins.get(0).members.size() < cluster.members.size());
  }

  /** Whether the cell speaks for one of the sounds, or has an open alert with a pick of theirs. */
  private boolean concerns(Set<Origin> gathered) {
    for (Origin origin : gathered) {
      if (origin.anchor().home(owns)) {
        return true;
      }
    }
    return isAlerted(gathered);
  }

  /** Whether an open alert of this cell has a pick of one of the sounds. */
  private boolean isAlerted(Set<Origin> gathered) {
    return !ledger.openAlerts().isEmpty() && picksOf(gathered).anyMatch(ledger::isOpenWith);
  }

  /** Ids of the picks that the sounds explain now. */
  private static Stream<String> picksOf(Set<Origin> gathered) {
    return gathered.stream()
        .flatMap(origin -> origin.members.stream().filter(member -> member.origin == origin))
        .map(member -> member.pick.detectionId());
  }

  /** How many picks of the pattern's labels are known that may matter to an alert. */
  private int picksAround(Pick anchor, Watch watch) {
    long reach = watch.pattern().withinMicros() + settings.travelMicros();
    long from = anchor.onsetMicros() - reach;
    long to = anchor.onsetMicros() + reach;
    int around = 0;
    for (String label : watch.labels()) {
      ArrivalIndex index = memory.index(label);
      around += index == null ? 0 : index.count(from, to);
    }
    return around;
  }

  /**
   * Takes back open alerts of what was gathered that it does not make any more.
   *
   * @param said what it makes, by id
   */
  private void retractOthers(
      AlertSearch.Found found, Map<String, Alert> said, Watch watch, boolean closed, Voice voice) {
    if (ledger.openAlerts().isEmpty()) {
      return;
    }
    for (Said open : ledger.openWith(picksOf(found.gathered()))) {
      Alert alert = open.alert().get(0);
      if (!alert.patternId().equals(watch.pattern().patternId())
          || said.containsKey(alert.alertId())) {
        continue;
      }
      Pick anchor = PatternMatcher.anchor(alert.events(), watch.slots());
      Arrival arrival = memory.get(anchor.detectionId());
      Origin anchored = arrival == null ? null : arrival.origin;
      // Only what was gathered around a sound that begins with its anchor can make an alert.
      boolean canBeMade = anchored != null && anchored.anchor() == arrival;
      if (canBeMade && !found.gathered().contains(anchored)) {
        continue;
      }
      int around = picksAround(anchor, watch);
      boolean forGood =
          closed && (arrival == null || arrival.cluster == null || arrival.cluster.settled);
      if (forGood || 2 * around > open.revision()) {
        int revision = Math.max(2 * around, open.revision() + 1);
        ledger.retract(open, revision, successor(alert, said.values()), voice);
      }
    }
  }

  /**
   * The alert of the same pattern that at least half of an alert's picks went over to, and most of
   * all; null if there is none.
   *
   * @param found beside those that the cell has said
   */
  private @Nullable String successor(Alert alert, Collection<Alert> found) {
    List<Alert> candidates = new ArrayList<>(found);
    ledger.alerts().forEach(other -> candidates.addAll(other.alert()));
    Set<String> ids = alert.detectionIds();
    int most = (ids.size() - 1) / 2;
    String successor = null;
    for (Alert other : candidates) {
      if (!other.alertId().equals(alert.alertId()) && other.patternId().equals(alert.patternId())) {
        int shared = (int) other.detectionIds().stream().filter(ids::contains).count();
        if (shared > most) {
          most = shared;
          successor = other.alertId();
        }
      }
    }
    return successor;
  }

  /** Says what is to be said anew after patterns changed. */
  public void reconsider(Collection<Pattern> patterns, Voice voice) {
    watch(patterns);
    for (Said open : List.copyOf(ledger.openAlerts())) {
      if (watches.stream()
          .noneMatch(w -> w.pattern().patternId().equals(open.alert().get(0).patternId()))) {
        ledger.retract(open, open.revision() + 1, null, voice);
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
    return background.learned.touched();
  }

  /** What is known of a background rate; null if that may be forgotten. */
  public @Nullable Chatter chatter(long source) {
    return background.learned.get(source);
  }

  /** Epochs of which more is known of the wind since {@link #saved}, or nothing any more. */
  public Collection<Long> touchedWind() {
    return wind.learned.touched();
  }

  /** What an epoch's sounds tell of the wind; null if that may be forgotten. */
  public @Nullable WindTold windTold(long epoch) {
    return wind.learned.get(epoch);
  }

  /** Sensors of whose clocks more is known since {@link #saved}, or nothing any more. */
  public Collection<Long> touchedClocks() {
    return clocks.learned.touched();
  }

  /** What sounds tell of a sensor's clock; null if that may be forgotten. */
  public @Nullable ClockTold clockTold(long sensor) {
    return clocks.learned.get(sensor);
  }

  /** Ids of alerts that wait for their anchor, or do no more, since {@link #saved}. */
  public Collection<String> touchedStrays() {
    return strays.touched();
  }

  /** An alert of the topic that waits for its anchor; null if none of that id does. */
  public @Nullable Alert stray(String alertId) {
    return strays.get(alertId);
  }

  /** Whether an alert of the topic waits for its anchor. */
  public boolean hasStrays() {
    return !strays.isEmpty();
  }

  /** By when the background rates, wind and clocks that are known now count no more. */
  public long learnedEndMicros() {
    return Math.max(background.endMicros(), Math.max(wind.endMicros(), clocks.endMicros()));
  }

  /** No picks are known, nothing is learned, and nothing waits. */
  public boolean knowsNothing() {
    return onlyWaits() && strays.isEmpty();
  }

  /** No picks are known and nothing is learned: event time brings nothing. */
  public boolean onlyWaits() {
    return memory.isEmpty()
        && background.learned.isEmpty()
        && wind.learned.isEmpty()
        && clocks.learned.isEmpty();
  }

  /** What changed so far is kept elsewhere. */
  public void saved() {
    background.learned.saved();
    wind.learned.saved();
    clocks.learned.saved();
    memory.saved();
    ledger.saved();
    strays.saved();
  }
}

package io.tocsin.association;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The alerts that a located sound is part of: what a pattern wants with it is gathered around it.
 * What is wanted and was not located is looked for among the picks that nothing explains.
 */
final class AlertSearch {

  private final Settings settings;
  private final SiteIndex sites;
  private final CellMemory memory;
  private final Consumer<Cluster> solve;
  private final Companions companions;
  private final PatternMatcher matcher;

  /** What was found. */
  record Found(List<Alert> alerts, Set<Origin> gathered, boolean settled, long lastOnsetMicros) {}

  /**
   * @param solve looks for a cluster's origins if that was put off
   */
  AlertSearch(
      Settings settings,
      SiteIndex sites,
      Background background,
      CellMemory memory,
      Consumer<Cluster> solve) {
    this.settings = settings;
    this.sites = sites;
    this.memory = memory;
    this.solve = solve;
    this.companions = new Companions(settings, sites, background);
    this.matcher = new PatternMatcher(settings);
  }

  /**
   * @param concerns whether alerts of what was gathered are to be found; others may be left out
   * @param closedBefore alerts are wanted only if they are the last word, since all that was
   *     gathered is settled and older than this; {@link Long#MAX_VALUE}: whatever they are
   */
  Found around(Origin origin, Watch watch, Predicate<Set<Origin>> concerns, long closedBefore) {
    Pattern pattern = watch.pattern();
    List<Set<String>> slots = watch.slots();
    Set<Origin> gathered = new LinkedHashSet<>();
    Deque<Origin> open = new ArrayDeque<>();
    gathered.add(origin);
    open.add(origin);
    while (!open.isEmpty()) {
      Origin one = open.remove();
      for (Set<String> slot : slots) {
        if (!slot.contains(one.label())) {
          for (Arrival a : near(one, slot, pattern)) {
            Origin other = a.origin;
            if (other != null && !gathered.contains(other) && belongs(one, other, pattern)) {
              gathered.add(other);
              open.add(other);
            }
          }
        }
      }
    }
    boolean settled = true;
    long last = Long.MIN_VALUE;
    for (Origin one : gathered) {
      settled &= one.cluster != null && one.cluster.settled;
      last = Math.max(last, one.members.get(one.members.size() - 1).pick.onsetMicros());
    }
    if (closedBefore != Long.MAX_VALUE && !(settled && last < closedBefore)) {
      return new Found(List.of(), gathered, settled, last);
    }
    List<Set<String>> missing = new ArrayList<>(slots);
    missing.removeIf(slot -> gathered.stream().anyMatch(o -> slot.contains(o.label())));
    double likeliest = missing.isEmpty() ? 1 : PatternMatcher.likeliest(gathered, slots, pattern);
    if (likeliest < pattern.minimumProbability()) {
      return new Found(List.of(), gathered, settled, last);
    }
    // Most cells know most from afar.
    if (!concerns.test(gathered)) {
      return new Found(List.of(), gathered, settled, last);
    }
    List<PatternMatcher.Beside> companions = new ArrayList<>();
    for (Set<String> slot : missing) {
      PatternMatcher.Beside companion = companion(gathered, slot, pattern, likeliest);
      if (companion == null) {
        return new Found(List.of(), gathered, settled, last);
      }
      companions.add(companion);
    }
    List<SoundEvent> events = new ArrayList<>();
    gathered.forEach(o -> events.add(o.event(sites.plane())));
    events.sort(Comparator.comparing(SoundEvent::eventId));
    return new Found(matcher.match(events, companions, pattern), gathered, settled, last);
  }

  /**
   * The likeliest sound of a slot beside one of the gathered.
   *
   * @param likeliest probability of an alert of which the companion is certain
   */
  private PatternMatcher.@Nullable Beside companion(
      Set<Origin> gathered, Set<String> slot, Pattern pattern, double likeliest) {
    PatternMatcher.Beside best = null;
    List<Origin> ordered = new ArrayList<>(gathered);
    ordered.sort(Comparator.comparing(Origin::anchor, Arrival.BY_ONSET));
    for (Origin one : ordered) {
      List<Arrival> free = new ArrayList<>();
      Set<String> busy = new HashSet<>();
      for (Arrival a : near(one, slot, pattern)) {
        if (a.origin == null && !isEchoOfAny(a) && !isOtherName(a, one)) {
          free.add(a);
        } else {
          busy.add(a.pick.sensorId());
        }
      }
      free.forEach(a -> busy.remove(a.pick.sensorId()));
      SoundEvent found = companions.beside(one, pattern, free, busy, likeliest);
      if (found != null
          && (best == null || found.logLikelihoodRatio() > best.event().logLikelihoodRatio())) {
        best = new PatternMatcher.Beside(found, one.event(sites.plane()).eventId());
      }
    }
    return best;
  }

  /** Picks of a slot that may have to do with a sound; their clusters' origins are found first. */
  private List<Arrival> near(Origin one, Set<String> slot, Pattern pattern) {
    long slack = pattern.withinMicros() + 4 * one.sigmaMicros + settings.travelMicros();
    double reach = settings.reachMetres() + pattern.withinMetres() + one.semiMajorMetres();
    List<Arrival> near = new ArrayList<>(16);
    for (String label : slot) {
      ArrivalIndex index = memory.index(label);
      if (index != null) {
        index.between(
            one.originMicros - slack, one.originMicros + slack, one.x, one.y, reach, near::add);
      }
    }
    for (Arrival a : near) {
      if (a.cluster != null && a.cluster.mayHaveMore()) {
        solve.accept(a.cluster);
      }
    }
    return near;
  }

  private boolean isEchoOfAny(Arrival arrival) {
    for (Origin other : memory.origins) {
      if (other.label().equals(arrival.pick.label())
          && OriginSearch.isEcho(arrival, other, settings)) {
        return true;
      }
    }
    return false;
  }

  /** Whether its sensor picked the located sound at the same moment, under that one's name. */
  private boolean isOtherName(Arrival arrival, Origin one) {
    for (Arrival member : one.members) {
      if (member.pick.sensorId().equals(arrival.pick.sensorId())
          && Math.abs(member.pick.onsetMicros() - arrival.pick.onsetMicros())
              < settings.sameSoundMicros()) {
        return true;
      }
    }
    return false;
  }

  private static boolean belongs(Origin a, Origin b, Pattern pattern) {
    if (Math.abs(a.originMicros - b.originMicros)
        > pattern.withinMicros() + 2 * (a.sigmaMicros + b.sigmaMicros)) {
      return false;
    }
    double dx = b.x - a.x;
    double dy = b.y - a.y;
    double distance = LocalPlane.metres(dx, dy);
    double beyond = distance - pattern.withinMetres();
    if (beyond <= 0) {
      return true;
    }
    double east = dx / distance;
    double north = dy / distance;
    double variance =
        east * east * (a.xx + b.xx)
            + 2 * east * north * (a.xy + b.xy)
            + north * north * (a.yy + b.yy);
    // A little more than what the matcher takes: it decides.
    return beyond * beyond <= 1.1 * Location.CHI2_95 * variance;
  }
}

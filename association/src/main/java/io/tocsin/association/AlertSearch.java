package io.tocsin.association;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The alerts that a located sound is part of: what a pattern wants with it is gathered around it,
 * and lone picks only where a sound from there could well have been heard by so few.
 */
final class AlertSearch {

  /** A lone pick that would be less likely than this as part of an alert is not looked at. */
  private static final double LEAST_REGION_EVIDENCE = -4;

  private final Settings settings;
  private final SiteIndex sites;
  private final Background background;
  private final CellMemory memory;
  private final Consumer<Cluster> solve;
  private final Regions regions;
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
    this.background = background;
    this.settings = settings;
    this.sites = sites;
    this.memory = memory;
    this.solve = solve;
    this.regions = new Regions(settings, sites, background);
    this.matcher = new PatternMatcher(settings, regions);
  }

  Found around(Origin origin, Watch watch) {
    Pattern pattern = watch.pattern();
    List<Set<String>> slots = watch.slots();
    Set<Origin> gathered = new LinkedHashSet<>();
    Set<Arrival> lone = new LinkedHashSet<>();
    Deque<Origin> open = new ArrayDeque<>();
    gathered.add(origin);
    open.add(origin);
    while (!open.isEmpty()) {
      Origin one = open.remove();
      for (Set<String> slot : slots) {
        if (!slot.contains(one.label())) {
          neighbours(one, slot, pattern, gathered, lone, open);
        }
      }
    }
    lone.removeIf(a -> a.origin != null);
    boolean settled = true;
    long last = Long.MIN_VALUE;
    for (Origin one : gathered) {
      settled &= one.cluster != null && one.cluster.settled;
      last = Math.max(last, one.members.get(one.members.size() - 1).pick.onsetMicros());
    }
    for (Set<String> slot : slots) {
      if (gathered.stream().noneMatch(o -> slot.contains(o.label()))
          && lone.stream().noneMatch(a -> slot.contains(a.pick.label()))) {
        return new Found(List.of(), gathered, settled, last);
      }
    }
    regions.forget();
    List<SoundEvent> events = new ArrayList<>();
    gathered.forEach(o -> events.add(o.event(sites.plane())));
    events.sort((a, b) -> a.eventId().compareTo(b.eventId()));
    regionsOf(lone, events);
    return new Found(matcher.match(events, pattern), gathered, settled, last);
  }

  private void neighbours(
      Origin one,
      Set<String> slot,
      Pattern pattern,
      Set<Origin> gathered,
      Set<Arrival> lone,
      Deque<Origin> open) {
    long slack = pattern.withinMicros() + 4 * one.sigmaMicros + settings.travelMicros();
    for (String label : slot) {
      ArrivalIndex index = memory.index(label);
      if (index == null) {
        continue;
      }
      List<Arrival> near = new ArrayList<>();
      double reach = settings.reachMetres() + pattern.withinMetres() + one.semiMajorMetres();
      index.between(
          one.originMicros - slack,
          one.originMicros + slack,
          a -> {
            if (Math.hypot(a.x - one.x, a.y - one.y) <= reach) {
              near.add(a);
            }
          });
      for (Arrival a : near) {
        if (a.cluster != null && !a.cluster.solved) {
          solve.accept(a.cluster);
        }
        if (a.origin == null) {
          if (mayBeHeardAlone(a, one)) {
            lone.add(a);
          }
        } else if (!gathered.contains(a.origin) && belongs(one, a.origin, pattern)) {
          gathered.add(a.origin);
          open.add(a.origin);
        }
      }
    }
  }

  private static boolean belongs(Origin a, Origin b, Pattern pattern) {
    if (Math.abs(a.originMicros - b.originMicros)
        > pattern.withinMicros() + 2 * (a.sigmaMicros + b.sigmaMicros)) {
      return false;
    }
    double dx = b.x - a.x;
    double dy = b.y - a.y;
    double distance = Math.hypot(dx, dy);
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

  /** Whether a sound near the origin may have been heard by that one sensor or few more. */
  private boolean mayBeHeardAlone(Arrival arrival, Origin origin) {
    for (Origin other : memory.origins) {
      if (other.label().equals(arrival.pick.label())
          && OriginSearch.isEcho(arrival, other, settings)) {
        return false;
      }
    }
    double d = Math.max(0, Math.hypot(arrival.x - origin.x, arrival.y - origin.y) - 60);
    double p = Math.max(1e-4, Math.min(1 - 1e-4, arrival.pick.probability()));
    double expectedFalse =
        background.perSecond(arrival.pick, origin.originMicros) * settings.travelMicros() * 1e-6;
    double ratio =
        Math.log(Audibility.probability(d, arrival.audibleRadius) * p / (1 - p) / expectedFalse);
    Evidence evidence = new Evidence(settings, sites, background);
    List<Arrival> heard = new ArrayList<>();
    ArrivalIndex index = memory.index(arrival.pick.label());
    if (index != null) {
      heard.add(arrival);
      index.linked(arrival, settings, heard);
    }
    evidence.heard(heard);
    int most = (int) heard.stream().map(a -> a.pick.sensorId()).distinct().count();
    return most * ratio - 7 + 0.7 * evidence.silence(origin.x, origin.y) > LEAST_REGION_EVIDENCE;
  }

  /** The lone picks as regions: those that may share a sound together. */
  private void regionsOf(Set<Arrival> lone, List<SoundEvent> into) {
    List<Arrival> left = new ArrayList<>(lone);
    left.sort(Arrival.BY_ONSET);
    while (!left.isEmpty()) {
      Arrival first = left.remove(0);
      List<Arrival> members = new ArrayList<>(List.of(first));
      for (Arrival a : List.copyOf(left)) {
        boolean fits =
            a.pick.label().equals(first.pick.label())
                && members.stream()
                    .allMatch(
                        m ->
                            !m.pick.sensorId().equals(a.pick.sensorId())
                                && m.mayShareSoundWith(a, settings));
        if (fits) {
          members.add(a);
          left.remove(a);
        }
      }
      List<Arrival> around = new ArrayList<>(members);
      ArrivalIndex index = memory.index(first.pick.label());
      if (index != null) {
        index.linked(first, settings, around);
      }
      into.add(regions.of(members, around));
    }
  }
}

package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Picks of one label to sound events. A function of the set of picks: their order of arrival does
 * not matter.
 *
 * <p>Picks are grouped where no gap in time separates them. Within a group the origin that most
 * sensors agree on is looked for over a grid (nucleation), refined, given the picks that fit it,
 * and the rest is searched again. A pick that fits no origin in time, but lies where an event could
 * still be heard (an echo, another part of the same cry), makes no event of its own.
 */
public final class Associator {

  private static final long ECHO_MICROS = 1_500_000;
  private static final int MOST_KNOWN_GROUPS = 256;

  /** Where chatter never pauses, a group ends after so many travel times. */
  private static final int LONGEST_GROUP_GAPS = 6;

  private final Settings settings;
  private final Map<String, SensorSite> sites;
  private final Locator locator;

  /** Events of groups lately seen: a pick changes one group, the others are as they were. */
  private final Map<List<Pick>, List<SoundEvent>> known = new RecentlyUsed<>(MOST_KNOWN_GROUPS);

  /**
   * @param sites the sensors of the area, by id
   */
  public Associator(Settings settings, Map<String, SensorSite> sites) {
    this.settings = settings;
    this.sites = new TreeMap<>(sites);
    this.locator = new Locator(settings, this.sites);
  }

  Locator locator() {
    return locator;
  }

  /** The events of all labels, by origin. */
  public List<SoundEvent> associate(Collection<Pick> picks) {
    List<SoundEvent> events = new ArrayList<>();
    for (List<Pick> group : groups(picks)) {
      events.addAll(known.computeIfAbsent(group, this::eventsOf));
    }
    events.sort(
        Comparator.comparingLong(SoundEvent::originMicros).thenComparing(SoundEvent::eventId));
    return events;
  }

  /**
   * Picks that may be of one sound, or of sounds that overlap: those of one label without a pause
   * between them that is longer than a sound travels; without end where chatter never pauses, so
   * that such a group is cut. Each group is sorted by onset.
   */
  List<List<Pick>> groups(Collection<Pick> picks) {
    Map<String, List<Pick>> byLabel =
        picks.stream()
            .sorted(Pick.BY_ONSET)
            .collect(Collectors.groupingBy(Pick::label, TreeMap::new, Collectors.toList()));
    List<List<Pick>> groups = new ArrayList<>();
    byLabel.values().forEach(same -> groups.addAll(groups(same, settings.travelMicros())));
    return groups;
  }

  private static List<List<Pick>> groups(List<Pick> sorted, long gapMicros) {
    List<List<Pick>> groups = new ArrayList<>();
    List<Pick> current = new ArrayList<>();
    for (Pick pick : sorted) {
      if (!current.isEmpty()
          && (pick.onsetMicros() - current.get(current.size() - 1).onsetMicros() > gapMicros
              || pick.onsetMicros() - current.get(0).onsetMicros()
                  > LONGEST_GROUP_GAPS * gapMicros)) {
        groups.add(current);
        current = new ArrayList<>();
      }
      current.add(pick);
    }
    if (!current.isEmpty()) {
      groups.add(current);
    }
    return groups;
  }

  private List<SoundEvent> eventsOf(List<Pick> group) {
    List<Pick> left = new ArrayList<>(group);
    List<SoundEvent> events = new ArrayList<>();
    while (!left.isEmpty()) {
      SoundEvent event = locator.locate(left, group);
      events.add(event);
      Set<String> used = new HashSet<>();
      event.picks().forEach(p -> used.add(p.pick().detectionId()));
      left.removeIf(p -> used.contains(p.detectionId()) || isEchoOf(p, event));
    }
    return events;
  }

  private boolean isEchoOf(Pick pick, SoundEvent event) {
    double distance = LocalPlane.distanceMetres(pick.place(), event.location().point());
    double reach = settings.reachMetres() + event.location().semiMajorMetres();
    if (distance > reach) {
      return false;
    }
    double slack = 2 * event.location().semiMajorMetres() / settings.speedOfSound() * 1e6;
    double predicted = event.originMicros() + distance / settings.speedOfSound() * 1e6;
    double late = pick.onsetMicros() - predicted;
    return late > -slack - 300_000 && late < ECHO_MICROS + slack;
  }
}

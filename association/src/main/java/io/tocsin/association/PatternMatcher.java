package io.tocsin.association;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the groups of sound events that a pattern wants. A function of the set of events. */
final class PatternMatcher {

  /**
   * Evidence to probability, for located sounds: what is unknown of the world makes evidence count
   * for less than it says, and with this much a sound was as often chance as real. Read off
   * simulated cities of 400 sensors, 16 real sounds a square kilometre and hour, and one to ten
   * chance picks for each true one.
   */
  private static final double EVIDENCE_SCALE = 0.5;

  private static final double EVIDENCE_MIDDLE = 10;

  /**
   * Odds that a region near in time has nothing to do with an event, before places are compared.
   */
  private static final double UNRELATED_ODDS = 16;

  private final Settings settings;
  private final Regions regions;

  PatternMatcher(Settings settings, Regions regions) {
    this.settings = settings;
    this.regions = regions;
  }

  /** The alerts that {@code events} make under {@code pattern}, with revision 0, state OPEN. */
  List<Alert> match(List<SoundEvent> events, Pattern pattern) {
    List<Set<String>> slots = pattern.wanted();
    List<SoundEvent> named = events.stream().filter(e -> slotOf(e, slots) >= 0).toList();
    List<SoundEvent> wanted =
        named.stream().filter(e -> !isOtherNameOfStronger(e, named, slots)).toList();
    List<Alert> alerts = new ArrayList<>();
    for (List<SoundEvent> together : gathered(wanted, pattern, slots)) {
      together.sort(
          Comparator.comparingLong(SoundEvent::originMicros).thenComparing(SoundEvent::eventId));
      alertOf(together, pattern, slots, alerts);
    }
    return alerts;
  }

  /**
   * Events that belong together. Located events gather transitively. A region completes the one
   * gathering that its picks fit best, if that lacks its kind of sound, and links nothing itself:
   * too much lies within it.
   */
  private List<List<SoundEvent>> gathered(
      List<SoundEvent> wanted, Pattern pattern, List<Set<String>> slots) {
    List<SoundEvent> located = wanted.stream().filter(e -> !isRegion(e)).toList();
    List<List<SoundEvent>> gathered = new ArrayList<>();
    boolean[] taken = new boolean[located.size()];
    for (int i = 0; i < located.size(); i++) {
      if (!taken[i]) {
        List<SoundEvent> together = new ArrayList<>();
        gather(i, located, pattern, slots, taken, together);
        gathered.add(together);
      }
    }
    List<Candidate> candidates = new ArrayList<>();
    for (SoundEvent region : wanted) {
      if (isRegion(region)) {
        candidates.add(best(region, gathered, pattern, slots));
      }
    }
    candidates.sort(Candidate.LIKELIEST_FIRST);
    for (Candidate candidate : candidates) {
      int slot = slotOf(candidate.region, slots);
      if (candidate.nearness >= UNRELATED_ODDS
          && candidate.to.stream().noneMatch(e -> slotOf(e, slots) == slot)) {
        candidate.to.add(candidate.region);
      }
    }
    return gathered;
  }

  /** A region and the gathering that it fits best. */
  private record Candidate(SoundEvent region, List<SoundEvent> to, double nearness) {

    private static final Comparator<Candidate> LIKELIEST_FIRST =
        Comparator.comparingDouble((Candidate c) -> -c.nearness)
            .thenComparing(c -> c.region.eventId());
  }

  private Candidate best(
      SoundEvent region,
      List<List<SoundEvent>> gathered,
      Pattern pattern,
      List<Set<String>> slots) {
    Candidate best = new Candidate(region, new ArrayList<>(), 0);
    for (List<SoundEvent> together : gathered) {
      for (SoundEvent event : together) {
        if (inTime(region, event, pattern, slots) && mayMeet(region, event, pattern)) {
          double nearness = regions.nearness(region, event, pattern.withinMetres());
          if (nearness > best.nearness) {
            best = new Candidate(region, together, nearness);
          }
        }
      }
    }
    return best;
  }

  private void gather(
      int i,
      List<SoundEvent> wanted,
      Pattern pattern,
      List<Set<String>> slots,
      boolean[] taken,
      List<SoundEvent> into) {
    taken[i] = true;
    into.add(wanted.get(i));
    for (int j = 0; j < wanted.size(); j++) {
      if (!taken[j] && belongTogether(wanted.get(i), wanted.get(j), pattern, slots)) {
        gather(j, wanted, pattern, slots, taken, into);
      }
    }
  }

  private void alertOf(
      List<SoundEvent> events, Pattern pattern, List<Set<String>> slots, List<Alert> into) {
    Set<String> sensors = new TreeSet<>();
    double probability = 1;
    for (SoundEvent event : events) {
      event.picks().forEach(p -> sensors.add(p.pick().sensorId()));
    }
    for (Set<String> slot : slots) {
      // Of several sounds the best is what the pattern asks for; with none it is not met.
      probability *=
          events.stream()
              .filter(e -> slot.contains(e.label()))
              .mapToDouble(e -> probability(e) * probabilityNear(e, events, pattern, slots))
              .max()
              .orElse(0);
    }
    if (probability == 0
        || sensors.size() < pattern.minimumSensors()
        || probability < pattern.minimumProbability()) {
      return;
    }
    SoundEvent first = events.get(0);
    SoundEvent best =
        events.stream()
            .min(
                Comparator.comparingDouble((SoundEvent e) -> e.location().semiMajorMetres())
                    .thenComparing(SoundEvent::eventId))
            .orElseThrow();
    into.add(
        new Alert(
            Ids.of(pattern.patternId(), first.anchor().detectionId()),
            0,
            Alert.State.OPEN,
            pattern.patternId(),
            pattern.severity(),
            probability,
            best.location(),
            first.originMicros(),
            events.stream().mapToLong(SoundEvent::endMicros).max().orElseThrow(),
            List.copyOf(events),
            explanation(events, best.location(), sensors.size())));
  }

  /** Of a region, the probability that it belongs to the others; of a located event, 1. */
  private double probabilityNear(
      SoundEvent event, List<SoundEvent> events, Pattern pattern, List<Set<String>> slots) {
    if (!isRegion(event) || slots.size() == 1) {
      return 1;
    }
    double nearest =
        events.stream()
            .filter(other -> slotOf(other, slots) != slotOf(event, slots))
            .mapToDouble(other -> regions.nearness(event, other, pattern.withinMetres()))
            .max()
            .orElse(0);
    return nearest / (nearest + UNRELATED_ODDS);
  }

  static double probability(SoundEvent event) {
    double evidence =
        isRegion(event)
            ? event.logLikelihoodRatio()
            : EVIDENCE_SCALE * (event.logLikelihoodRatio() - EVIDENCE_MIDDLE);
    return 1 / (1 + Math.exp(-evidence));
  }

  /** Which of the wanted an event is; -1 for none. */
  static int slotOf(SoundEvent event, List<Set<String>> slots) {
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).contains(event.label())) {
        return i;
      }
    }
    return -1;
  }

  private boolean belongTogether(
      SoundEvent a, SoundEvent b, Pattern pattern, List<Set<String>> slots) {
    return inTime(a, b, pattern, slots) && near(a, b, pattern.withinMetres());
  }

  private static boolean inTime(
      SoundEvent a, SoundEvent b, Pattern pattern, List<Set<String>> slots) {
    return slotOf(a, slots) != slotOf(b, slots)
        && Math.abs(a.originMicros() - b.originMicros())
            <= pattern.withinMicros() + 2 * (a.originSigmaMicros() + b.originSigmaMicros());
  }

  /** A quick look before a long one: whether a region may reach so far. */
  private static boolean mayMeet(SoundEvent a, SoundEvent b, Pattern pattern) {
    double widest = a.location().semiMajorMetres() + b.location().semiMajorMetres();
    return LocalPlane.distanceMetres(a.location().point(), b.location().point())
        <= 1.5 * widest + pattern.withinMetres();
  }

  /** Whether the two may have been {@code withinMetres} apart, given their errors: 95 %. */
  private boolean near(SoundEvent a, SoundEvent b, double withinMetres) {
    double[] apart = new LocalPlane(a.location().point()).project(b.location().point());
    double distance = Math.hypot(apart[0], apart[1]);
    if (distance <= withinMetres) {
      return true;
    }
    double east = apart[0] / distance;
    double north = apart[1] / distance;
    double variance =
        a.location().varianceAlong(east, north) + b.location().varianceAlong(east, north);
    return Math.pow(distance - withinMetres, 2) <= Location.CHI2_95 * variance;
  }

  private static boolean isRegion(SoundEvent event) {
    return event.location().method() != Location.Method.MULTILATERATION;
  }

  /**
   * One sound can be recognised as two of the sounds that the pattern wants. Where the other has
   * more evidence and the same origin, this one is its other name.
   */
  private boolean isOtherNameOfStronger(
      SoundEvent event, List<SoundEvent> events, List<Set<String>> slots) {
    return events.stream()
        .filter(other -> slotOf(other, slots) != slotOf(event, slots))
        .filter(
            other ->
                other.logLikelihoodRatio() > event.logLikelihoodRatio()
                    || (other.logLikelihoodRatio() == event.logLikelihoodRatio()
                        && other.eventId().compareTo(event.eventId()) < 0))
        .anyMatch(other -> sameOrigin(event, other));
  }

  private boolean sameOrigin(SoundEvent a, SoundEvent b) {
    // The clearest sign is a sensor that picked both at once.
    for (SoundEvent.EventPick p : a.picks()) {
      for (SoundEvent.EventPick q : b.picks()) {
        if (p.pick().sensorId().equals(q.pick().sensorId())
            && Math.abs(p.pick().onsetMicros() - q.pick().onsetMicros())
                < settings.sameSoundMicros()) {
          return true;
        }
      }
    }
    return false;
  }

  private static String explanation(List<SoundEvent> events, Location location, int sensors) {
    SoundEvent first = events.get(0);
    StringBuilder text = new StringBuilder(first.label());
    for (SoundEvent event : events.subList(1, events.size())) {
      text.append(
          String.format(
              Locale.ROOT,
              ", then %s %.1f s later and %.0f m away",
              event.label(),
              (event.originMicros() - first.originMicros()) / 1e6,
              LocalPlane.distanceMetres(first.location().point(), event.location().point())));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "; %d sensors (%s), %s %.5f, %.5f, within %.0f m",
            sensors,
            events.stream()
                .map(e -> Integer.toString(e.picks().size()))
                .collect(Collectors.joining("+")),
            location.method() == Location.Method.MULTILATERATION ? "at" : "around",
            location.point().latitudeDegrees(),
            location.point().longitudeDegrees(),
            location.semiMajorMetres()));
    return text.toString();
  }
}

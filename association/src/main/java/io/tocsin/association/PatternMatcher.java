package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
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
  static final double EVIDENCE_SCALE = 0.5;

  private static final double EVIDENCE_MIDDLE = 10;

  private static final double SAME_PLACE_METRES = 20;

  private final Settings settings;

  PatternMatcher(Settings settings) {
    this.settings = settings;
  }

  /** A sound that is evident only beside another. */
  record Beside(SoundEvent event, String eventId) {}

  /**
   * The alerts that located {@code events} make under {@code pattern}, with revision 0, state OPEN.
   *
   * @param companions each joins what the event that it was heard beside belongs to; they link
   *     nothing themselves
   */
  List<Alert> match(List<SoundEvent> events, List<Beside> companions, Pattern pattern) {
    List<Set<String>> slots = pattern.wanted();
    List<SoundEvent> named = events.stream().filter(e -> slotOf(e, slots) >= 0).toList();
    List<SoundEvent> wanted =
        named.stream().filter(e -> !isOtherNameOfStronger(e, named, slots)).toList();
    List<Alert> alerts = new ArrayList<>();
    for (List<SoundEvent> together : gathered(wanted, pattern, slots)) {
      for (Beside companion : companions) {
        if (together.stream().anyMatch(e -> e.eventId().equals(companion.eventId))) {
          together.add(companion.event);
        }
      }
      together.sort(
          Comparator.comparingLong(SoundEvent::originMicros).thenComparing(SoundEvent::eventId));
      alertOf(together, pattern, slots, alerts);
    }
    return alerts;
  }

  /** Two events of different slots that belong together. */
  private record Link(SoundEvent a, SoundEvent b, double metres) {

    private static final Comparator<Link> NEAREST_FIRST =
        Comparator.comparingDouble(Link::metres)
            .thenComparing(l -> l.a.eventId())
            .thenComparing(l -> l.b.eventId());
  }

  /**
   * Events that belong together, the nearest first; in a gathering each is within the pattern's
   * time and distance of each other, or a cry before and elsewhere would hang on to the glass.
   */
  private static List<List<SoundEvent>> gathered(
      List<SoundEvent> wanted, Pattern pattern, List<Set<String>> slots) {
    List<Link> links = new ArrayList<>();
    List<List<SoundEvent>> gathered = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      SoundEvent a = wanted.get(i);
      gathered.add(new ArrayList<>(List.of(a)));
      for (SoundEvent b : wanted.subList(0, i)) {
        if (slotOf(a, slots) != slotOf(b, slots) && belongTogether(a, b, pattern)) {
          links.add(
              new Link(
                  a, b, LocalPlane.distanceMetres(a.location().point(), b.location().point())));
        }
      }
    }
    links.sort(Link.NEAREST_FIRST);
    for (Link link : links) {
      List<SoundEvent> into = holding(link.a, gathered);
      List<SoundEvent> from = holding(link.b, gathered);
      if (into != from
          && into.stream()
              .allMatch(a -> from.stream().allMatch(b -> belongTogether(a, b, pattern)))) {
        into.addAll(from);
        gathered.removeIf(g -> g == from);
      }
    }
    return gathered;
  }

  private static List<SoundEvent> holding(SoundEvent event, List<List<SoundEvent>> gathered) {
    return gathered.stream().filter(g -> g.contains(event)).findFirst().orElseThrow();
  }

  private void alertOf(
      List<SoundEvent> events, Pattern pattern, List<Set<String>> slots, List<Alert> into) {
    Set<String> sensors = new TreeSet<>();
    double probability = 1;
    for (SoundEvent event : events) {
      event.picks().forEach(p -> sensors.add(p.pick().sensorId()));
    }
    SoundEvent clearest =
        events.stream()
            .filter(e -> !isRegion(e))
            .max(
                Comparator.comparingDouble((SoundEvent e) -> probability(e, 0))
                    .thenComparing(SoundEvent::eventId))
            .orElseThrow();
    double beside = Evidence.ofCompanion(pattern);
    for (Set<String> slot : slots) {
      // Of several sounds the best is what the pattern asks for; with none it is not met.
      probability *=
          events.stream()
              .filter(e -> slot.contains(e.label()))
              .mapToDouble(
                  e -> slot.contains(clearest.label()) ? probability(e) : probability(e, beside))
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
            Alert.idOf(pattern.patternId(), anchor(events, slots).detectionId()),
            0,
            Alert.State.OPEN,
            pattern.patternId(),
            pattern.severity(),
            probability,
            best.location(),
            first.originMicros(),
            events.stream().mapToLong(SoundEvent::endMicros).max().orElseThrow(),
            List.copyOf(events),
            explanation(events, best.location(), sensors.size()),
            null));
  }

  /**
   * What an alert's id hangs on: the first pick of the earliest located sound of those that the
   * pattern names first. That a cry was heard before the glass as well turns up late, and a sound
   * that is evident only beside another may be beside two.
   *
   * @param byOrigin an alert's sounds, at least one of them located
   */
  static Pick anchor(List<SoundEvent> byOrigin, List<Set<String>> slots) {
    return byOrigin.stream()
        .filter(e -> !isRegion(e))
        .min(Comparator.comparingInt(e -> Math.floorMod(slotOf(e, slots), slots.size() + 1)))
        .orElseThrow()
        .anchor();
  }

  /**
   * More than the probability of any alert of these origins, whatever is heard beside them: a sound
   * that is hardly one is not worth looking for another beside it.
   */
  static double likeliest(Collection<Origin> origins, List<Set<String>> slots, Pattern pattern) {
    long located = slots.stream().filter(slot -> anyOf(origins, slot)).count();
    // The clearest sound has no other to lend it evidence; with several any may be that one.
    double beside = located > 1 ? Evidence.ofCompanion(pattern) : 0;
    double probability = 1;
    for (Set<String> slot : slots) {
      double most = anyOf(origins, slot) ? 0 : 1;
      for (Origin origin : origins) {
        if (slot.contains(origin.label())) {
          most = Math.max(most, located(origin.logLikelihoodRatio, beside));
        }
      }
      probability *= most;
    }
    return probability;
  }

  private static boolean anyOf(Collection<Origin> origins, Set<String> slot) {
    for (Origin origin : origins) {
      if (slot.contains(origin.label())) {
        return true;
      }
    }
    return false;
  }

  static double probability(SoundEvent event) {
    return probability(event, 0);
  }

  /**
   * @param beside evidence that its place and time are those of another sound's companion
   */
  private static double probability(SoundEvent event, double beside) {
    return isRegion(event)
        ? logistic(event.logLikelihoodRatio())
        : located(event.logLikelihoodRatio(), beside);
  }

  private static double located(double logLikelihoodRatio, double beside) {
    return logistic(EVIDENCE_SCALE * (logLikelihoodRatio + beside - EVIDENCE_MIDDLE));
  }

  /** The probability that odds stand for. */
  static double logistic(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
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

  private static boolean belongTogether(SoundEvent a, SoundEvent b, Pattern pattern) {
    return Math.abs(a.originMicros() - b.originMicros())
            <= pattern.withinMicros() + 2 * (a.originSigmaMicros() + b.originSigmaMicros())
        && near(a, b, pattern.withinMetres());
  }

  /** Whether the two may have been {@code withinMetres} apart, given their errors: 95 %. */
  private static boolean near(SoundEvent a, SoundEvent b, double withinMetres) {
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
    // Sensors that give one sound different names put it at one place and moment.
    return Math.abs(a.originMicros() - b.originMicros()) <= settings.oneSoundMicros()
        && near(a, b, SAME_PLACE_METRES);
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

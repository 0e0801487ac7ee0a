package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The expected rate of chance alerts, by time slides: what sensors heard is shifted, each sensor by
 * a time of its own, so that no two of them can have heard the same sound, and associated again.
 * What still comes out, chance alone made. Searches for gravitational waves find their background
 * so (Usman et al. 2016, The PyCBC search for gravitational waves from compact binary coalescence,
 * Class. Quantum Grav. 33 215004; Was et al. 2010, On the background estimation by time slides in a
 * network of gravitational wave detectors, ibid. 27 015005).
 *
 * <p>Three kinds of picks are treated apart:
 *
 * <ul>
 *   <li>Those of sounds that made an alert are taken away, as found events are there.
 *   <li>A located sound that made none is background to the other sounds of a pattern: it moves as
 *       a whole, by a time of its own, in as many slides as its probability says that it is one.
 *   <li>All else, and the located ones in the other slides, moves with its sensor.
 * </ul>
 *
 * <p>Shifts are circles over the span, so that each sensor keeps the number of its picks and its
 * own busy times. What slides cannot tell is what is common to many sensors at once. Fireworks'
 * bangs and thunder's peals are spread over the span one by one: the alerts that such a night makes
 * within itself are not foreseen, and those that its sounds would make with others at any time of
 * the span are. Chance that is denser at some times than at others, for all sensors alike, is taken
 * for even, which is too little: it goes with more than one factor of the density.
 */
public final class TimeSlides {

  private static final double MICROS_A_DAY = 86_400e6;

  /** Of a span, in longest times for which picks matter to each other. */
  private static final int LEAST_HORIZONS = 4;

  private final int sensors;
  private final long fromMicros;
  private final long spanMicros;

  /** A new one for each slide: they are associated side by side. */
  private final Supplier<FieldAssociation> field;

  private final List<Pick> single = new ArrayList<>();
  private final List<SoundEvent> sounds = new ArrayList<>();

  /**
   * What slides showed.
   *
   * @param alerts of all slides
   * @param sensorDays listened to in all slides
   */
  public record Chance(List<ChanceAlert> alerts, int slides, double sensorDays) {

    /** The curve of a pattern. */
    public FalseAlarmCurve curve(String patternId) {
      return FalseAlarmCurve.of(
          patternId,
          alerts.stream()
              .filter(a -> a.patternId().equals(patternId))
              .map(ChanceAlert::probability)
              .toList(),
          sensorDays);
    }
  }

  private TimeSlides(
      Settings settings,
      Collection<SensorSite> sites,
      Collection<Pattern> patterns,
      long fromMicros,
      long untilMicros) {
    this.sensors = sites.size();
    this.fromMicros = fromMicros;
    this.spanMicros = untilMicros - fromMicros;
    List<SensorSite> listening = List.copyOf(sites);
    List<Pattern> wanted = List.copyOf(patterns);
    this.field = () -> new FieldAssociation(settings, listening, wanted);
  }

  /**
   * Prepares slides of what was heard in a span.
   *
   * @param picks those outside the span are left out
   * @param sites every sensor that listened, whether it picked anything or not
   * @param alerted ids of picks of alerts that stand, beyond those that these picks and patterns
   *     make anew
   * @throws IllegalArgumentException if the span is too short, or there are no sensors
   */
  public static TimeSlides over(
      long fromMicros,
      long untilMicros,
      Collection<Pick> picks,
      Collection<SensorSite> sites,
      Collection<Pattern> patterns,
      Settings settings,
      Set<String> alerted) {
    long least = LEAST_HORIZONS * CellAssociator.horizonMicros(settings, patterns);
    if (untilMicros - fromMicros < least || sites.isEmpty()) {
      throw new IllegalArgumentException(
          "time slides over %.0f s of %d sensors say nothing; give at least %.0f s and a sensor"
              .formatted((untilMicros - fromMicros) / 1e6, sites.size(), least / 1e6));
    }
    TimeSlides slides = new TimeSlides(settings, sites, patterns, fromMicros, untilMicros);
    slides.sort(picks, alerted);
    return slides;
  }

  private void sort(Collection<Pick> picks, Set<String> alerted) {
    Set<String> seen = new HashSet<>();
    List<Pick> heard = new ArrayList<>();
    for (Pick pick : picks) {
      if (pick.onsetMicros() >= fromMicros
          && pick.onsetMicros() < fromMicros + spanMicros
          && seen.add(pick.detectionId())) {
        heard.add(pick);
      }
    }
    heard.sort(Pick.BY_ONSET);
    FieldAssociation.LastWords found = field.get().of(heard);
    Set<String> explained = new HashSet<>(alerted);
    for (Alert alert : found.alerts()) {
      alert.events().forEach(event -> explained.addAll(ids(event)));
    }
    for (SoundEvent event : found.events()) {
      Set<String> ids = ids(event);
      if (ids.stream().anyMatch(explained::contains)) {
        explained.addAll(ids);
      }
    }
    for (SoundEvent event : found.events()) {
      if (explained.addAll(ids(event))) {
        sounds.add(event);
      }
    }
    for (Pick pick : heard) {
      if (!explained.contains(pick.detectionId())) {
        single.add(pick);
      }
    }
  }

  private static Set<String> ids(SoundEvent event) {
    Set<String> ids = new LinkedHashSet<>();
    event.picks().forEach(p -> ids.add(p.pick().detectionId()));
    return ids;
  }

  /** What chance makes in slides 1 to {@code slides}; always the same. */
  public Chance slide(int slides) {
    List<ChanceAlert> alerts =
        IntStream.rangeClosed(1, slides)
            .parallel()
            .mapToObj(this::alertsOf)
            .flatMap(List::stream)
            .toList();
    return new Chance(alerts, slides, sensors * (spanMicros / MICROS_A_DAY) * slides);
  }

  private List<ChanceAlert> alertsOf(int slide) {
    List<Pick> alone = new ArrayList<>(single);
    List<Pick> moved = new ArrayList<>();
    Set<String> whole = new HashSet<>();
    for (SoundEvent sound : sounds) {
      if (share(sound.eventId(), -slide) < PatternMatcher.probability(sound)) {
        long later = later(sound.anchor(), Math.round(share(sound.eventId(), slide) * spanMicros));
        for (SoundEvent.EventPick pick : sound.picks()) {
          moved.add(moved(pick.pick(), later));
          whole.add(pick.pick().detectionId());
        }
      } else {
        sound.picks().forEach(p -> alone.add(p.pick()));
      }
    }
    Map<String, Long> shifts = shifts(alone, slide);
    for (Pick pick : alone) {
      moved.add(moved(pick, later(pick, shifts.getOrDefault(pick.sensorId(), 0L))));
    }
    return field.get().of(moved).alerts().stream().map(alert -> chance(alert, whole)).toList();
  }

  private static ChanceAlert chance(Alert alert, Set<String> whole) {
    int real = 0;
    for (SoundEvent event : alert.events()) {
      long moved = ids(event).stream().filter(whole::contains).count();
      real += 2 * moved > event.picks().size() ? 1 : 0;
    }
    return new ChanceAlert(alert.patternId(), alert.probability(), real);
  }

  /**
   * By how much each sensor is shifted: evenly spread over the span, in an order that a hash of the
   * sensor and the slide makes. So any two are as far apart, and each as far from where it was, as
   * is possible for so many.
   */
  private Map<String, Long> shifts(Collection<Pick> picks, int slide) {
    Set<String> ids = new HashSet<>();
    picks.forEach(p -> ids.add(p.sensorId()));
    List<String> ordered = new ArrayList<>(ids);
    ordered.sort(
        Comparator.comparingDouble((String id) -> share(id, slide))
            .thenComparing(Comparator.naturalOrder()));
    Map<String, Long> shifts = new HashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      shifts.put(ordered.get(i), Math.round((double) spanMicros * (i + 1) / (ordered.size() + 1)));
    }
    return shifts;
  }

  /** What a shift in the circle of the span is for what was then. */
  private long later(Pick pick, long shiftMicros) {
    long was = pick.onsetMicros() - fromMicros;
    return Math.floorMod(was + shiftMicros, spanMicros) - was;
  }

  private static Pick moved(Pick pick, long laterMicros) {
    return new Pick(
        pick.detectionId(),
        pick.sensorId(),
        pick.place(),
        pick.label(),
        pick.probability(),
        pick.onsetMicros() + laterMicros,
        pick.onsetSigmaMicros(),
        pick.endMicros() + laterMicros,
        pick.clockUncertaintyMicros());
  }

  /** A share from 0 to 1 that looks like chance: FNV-1a, then MurmurHash3's last mixing. */
  private static double share(String id, int slide) {
    long hash = 0xcbf2_9ce4_8422_2325L ^ Scatter.key(slide);
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100_0000_01b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51_afd7_ed55_8ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
    return ((hash ^ (hash >>> 33)) >>> 11) * 0x1.0p-53;
  }
}

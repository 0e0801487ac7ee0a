package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.city.CityPlane;
import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.CityTruth.Incident;
import io.tocsin.simulator.city.CityTruth.Kind;
import io.tocsin.simulator.city.CityTruth.Sound;
import io.tocsin.simulator.city.evaluation.Judgement.Fix;
import io.tocsin.simulator.city.evaluation.Judgement.Share;
import io.tocsin.simulator.city.evaluation.Tally.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges what was found in a city.
 *
 * <p>What too few sensors could hear is neither asked for nor held against anybody: sounds of fewer
 * than four audible sensors, and alerts for pairs with such a sound, count as nothing when found. A
 * located event that no sound explains is wrong from four picks on; an alert always.
 */
public final class Evaluation {

  /** Sensors from which on a sound must be found. */
  public static final int ENOUGH_SENSORS = 4;

  private final CityTruth truth;
  private final List<FoundAlert> alerts;
  private final List<FoundEvent> events;
  private final EventMatching byEvent;
  private final AlertMatching byAlert;

  private Evaluation(CityTruth truth, List<FoundAlert> alerts, List<FoundEvent> events) {
    this.truth = truth;
    this.alerts = alerts;
    this.events = events;
    this.byEvent = new EventMatching(truth, events);
    this.byAlert = new AlertMatching(truth, alerts);
  }

  /** Judges the last revisions of alerts that stand, and of sound events. */
  public static Judgement judge(CityTruth truth, List<FoundAlert> alerts, List<FoundEvent> events) {
    return new Evaluation(truth, alerts, events).judge();
  }

  /** Ids of the located events that are a true sound, however few sensors heard it. */
  public static Set<String> rightEvents(CityTruth truth, List<FoundEvent> events) {
    EventMatching matching = new EventMatching(truth, events);
    return events.stream()
        .filter(e -> matching.isRight(e) || matching.isOfBurst(e))
        .map(FoundEvent::eventId)
        .collect(Collectors.toSet());
  }

  private Judgement judge() {
    List<Incident> decoys =
        truth.incidents().stream().filter(i -> i.kind() == Kind.DECOY && isAudible(i)).toList();
    long falseAlerts = alerts.stream().filter(a -> !byAlert.isRight(a)).count();
    return new Judgement(
        (int) truth.sounds().stream().filter(s -> s.kind() != Kind.BURST).count(),
        alerts.size(),
        events(ENOUGH_SENSORS),
        events(3),
        distress(),
        fixes(),
        recallBySensors(),
        byEvent.splits(),
        byEvent.merges(),
        latencies(),
        (int) falseAlerts,
        alerts.stream().filter(byAlert::isMisplaced).map(FoundAlert::probability).toList(),
        decoys.size(),
        (int) decoys.stream().filter(d -> byAlert.isFused(d, alerts)).count(),
        predictedFalseAlerts(),
        truth.sensorDays(),
        null);
  }

  private Tally events(int leastSensors) {
    List<Scored> found = new ArrayList<>();
    int missed = 0;
    for (Sound sound : truth.sounds()) {
      if (sound.kind() != Kind.BURST && sound.audibleSensors() >= leastSensors) {
        EventMatching.Match match = byEvent.matchOfSound().get(sound.soundId());
        if (match == null) {
          missed++;
        } else {
          found.add(new Scored(match.event().score(), true));
        }
      }
    }
    for (FoundEvent event : events) {
      if (event.located()
          && event.detectionIds().size() >= leastSensors
          && !byEvent.isRight(event)
          && !byEvent.isOfBurst(event)) {
        found.add(new Scored(event.score(), false));
      }
    }
    return new Tally(found, missed);
  }

  private Tally distress() {
    List<Scored> found = new ArrayList<>();
    int missed = 0;
    for (Incident incident : truth.incidents()) {
      if (incident.kind() == Kind.DISTRESS && isAudible(incident)) {
        FoundAlert alert = byAlert.alertOfIncident().get(incident.incident());
        if (alert == null) {
          missed++;
        } else {
          found.add(new Scored(alert.probability(), true));
        }
      }
    }
    for (FoundAlert alert : alerts) {
      if (!byAlert.isRight(alert)) {
        found.add(new Scored(alert.probability(), false));
      }
    }
    return new Tally(found, missed);
  }

  private boolean isAudible(Incident incident) {
    return byAlert.soundsOf(incident).stream().allMatch(s -> s.audibleSensors() >= ENOUGH_SENSORS);
  }

  private List<Fix> fixes() {
    return truth.sounds().stream()
        .filter(s -> s.audibleSensors() >= ENOUGH_SENSORS)
        .map(s -> byEvent.matchOfSound().get(s.soundId()))
        .filter(java.util.Objects::nonNull)
        .map(
            m ->
                new Fix(
                    m.sound().soundId(),
                    m.errorMetres(),
                    isCovered(m.sound(), m.event()),
                    m.sound().audibleSensors()))
        .toList();
  }

  private static boolean isCovered(Sound sound, FoundEvent event) {
    CityPlane.Point off =
        new CityPlane(event.latitudeDegrees(), event.longitudeDegrees())
            .project(sound.latitudeDegrees(), sound.longitudeDegrees());
    double azimuth = Math.toRadians(event.azimuthDegrees());
    double along = Math.sin(azimuth) * off.eastMetres() + Math.cos(azimuth) * off.northMetres();
    double across = Math.cos(azimuth) * off.eastMetres() - Math.sin(azimuth) * off.northMetres();
    return Math.pow(along / event.semiMajorMetres(), 2)
            + Math.pow(across / event.semiMinorMetres(), 2)
        <= 1;
  }

  private Map<Integer, Share> recallBySensors() {
    Map<Integer, Share> shares = new TreeMap<>();
    for (Sound sound : truth.sounds()) {
      if (sound.kind() != Kind.BURST && sound.audibleSensors() >= 3) {
        int found = byEvent.matchOfSound().containsKey(sound.soundId()) ? 1 : 0;
        shares.merge(sound.audibleSensors(), new Share(found, 1), Share::plus);
      }
    }
    return shares;
  }

  private List<Double> latencies() {
    List<Double> seconds = new ArrayList<>();
    for (Incident incident : truth.incidents()) {
      Long opened = byAlert.openedMicros(incident);
      if (opened != null) {
        List<Sound> parts = byAlert.soundsOf(incident);
        seconds.add((opened - parts.get(parts.size() - 1).originMicros()) / 1e6);
      }
    }
    return seconds;
  }

  /**
   * The weakest alert's rate of chance alerts at least as strong as itself, where alerts state such
   * a rate; else what their probabilities leave.
   */
  private double predictedFalseAlerts() {
    if (!alerts.isEmpty() && alerts.stream().allMatch(a -> a.falseAlarmsPerDay() != null)) {
      double perDay = 0;
      for (FoundAlert alert : alerts) {
        Double rate = alert.falseAlarmsPerDay();
        perDay = Math.max(perDay, rate == null ? 0 : rate);
      }
      return perDay * truth.hours() / 24;
    }
    return alerts.stream().mapToDouble(a -> 1 - a.probability()).sum();
  }
}

package io.tocsin.simulator.city.evaluation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one run was worth.
 *
 * @param sounds of the truth, bursts left out
 * @param alerts raised, in all
 * @param events located sound events against sounds of at least four audible sensors
 * @param everyLocated the same, where an event of three sensors counts as well
 * @param distress alerts against pairs whose sounds both have at least four audible sensors; the
 *     score is the probability
 * @param fixes how well the sounds found of at least four audible sensors were located
 * @param recallBySensors how many sounds there were and were found, by number of audible sensors
 * @param splits further events of a sound that was found
 * @param merges events that hold three picks or more of a second sound
 * @param latencySeconds from the origin of an alert's last sound that it needed to its first word;
 *     where it took another's place, to that one's, if that was right already
 * @param falseAlerts that no pair of the truth explains, as it was, where and when it was
 * @param misplaced probabilities of those of them that are of a pair's own sounds, at least half of
 *     their picks and some of each: elsewhere, at another time, or for the second time; the others
 *     are chance
 * @param decoys of the truth, whose sounds both have at least four audible sensors
 * @param decoysFused of which both sounds are in one alert
 * @param predictedFalseAlerts as many as the alerts' own words let expect
 * @param chance what time slides made of the run's picks; null where there were none
 */
public record Judgement(
    int sounds,
    int alerts,
    Tally events,
    Tally everyLocated,
    Tally distress,
    List<Fix> fixes,
    Map<Integer, Share> recallBySensors,
    int splits,
    int merges,
    List<Double> latencySeconds,
    int falseAlerts,
    List<Double> misplaced,
    int decoys,
    int decoysFused,
    double predictedFalseAlerts,
    double sensorDays,
    @Nullable ChanceAlerts chance) {

  /** The same, with what time slides made of the run. */
  public Judgement with(ChanceAlerts slid) {
    return new Judgement(
        sounds,
        alerts,
        events,
        everyLocated,
        distress,
        fixes,
        recallBySensors,
        splits,
        merges,
        latencySeconds,
        falseAlerts,
        misplaced,
        decoys,
        decoysFused,
        predictedFalseAlerts,
        sensorDays,
        slid);
  }

  /**
   * A sound's place as found.
   *
   * @param covered whether the 95 % ellipse holds the truth
   */
  public record Fix(String soundId, double errorMetres, boolean covered, int audibleSensors) {}

  /** How many of how many. */
  public record Share(int part, int whole) {

    Share plus(@Nullable Share other) {
      return other == null ? this : new Share(part + other.part, whole + other.whole);
    }
  }
}

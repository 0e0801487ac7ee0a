package io.tocsin.simulator.city;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The sensors' models: what they score, which of them still listen. Scores are normal with unit
 * variance, around 0 for what is not there and higher for what is; the probability is what they say
 * when true and false are as many.
 */
final class Models {

  private static final double TRUE_SCORE = 1.5;
  private static final double TRUE_SCORE_CHANGED = 1.1;
  private static final double LEAST_PROBABILITY = 0.02;

  /** How long a window and its inference take before a pick leaves its sensor. */
  static final double SHORTEST_DELAY_SECONDS = 1;

  private final CitySettings settings;
  private final SensorGrid grid;
  private final boolean[] dies;

  Models(CitySettings settings, SensorGrid grid) {
    this.settings = settings;
    this.grid = grid;
    this.dies = new boolean[settings.sensors()];
    SplittableRandom chance = settings.chance(4);
    for (int i = 0; i < dies.length; i++) {
      dies[i] = chance.nextDouble() < settings.conditions().faults().deadShare();
    }
  }

  boolean isDead(int sensor, double atSeconds) {
    return dies[sensor] && atSeconds > settings.seconds() / 2;
  }

  HeardPick truePick(int sensor, String label, double atSeconds, SplittableRandom chance) {
    double score = chance.nextGaussian() + trueScore(atSeconds);
    return pick(sensor, label, atSeconds, score, chance);
  }

  HeardPick falsePick(int sensor, String label, double atSeconds, SplittableRandom chance) {
    return pick(sensor, label, atSeconds, chance.nextGaussian(), chance);
  }

  private HeardPick pick(
      int sensor, String label, double atSeconds, double score, SplittableRandom chance) {
    CityTruth.Sensor here = grid.sensors().get(sensor);
    String model = isChanged(atSeconds) ? "model-2" : "model-1";
    double shift = trueScore(atSeconds);
    double probability = 1 / (1 + Math.exp(-(shift * score - shift * shift / 2)));
    double clocked = atSeconds + grid.clockErrorSeconds(sensor, atSeconds);
    long onset = CitySettings.START_MICROS + Math.round(clocked * 1e6);
    double lasts = chance.nextDouble(0.4, 1.5);
    double leaves = atSeconds + SHORTEST_DELAY_SECONDS;
    String id = here.sensorId() + ' ' + label + ' ' + onset + ' ' + model;
    return new HeardPick(
        UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString(),
        here.sensorId(),
        here.latitudeDegrees(),
        here.longitudeDegrees(),
        label,
        Math.max(LEAST_PROBABILITY, Math.min(1 - LEAST_PROBABILITY, probability)),
        onset,
        Math.round(Hearing.ONSET_SIGMA_SECONDS * 1e6),
        onset + Math.round(lasts * 1e6),
        here.clockUncertaintyMicros(),
        CitySettings.START_MICROS + Math.round(leaves * 1e6),
        model);
  }

  private boolean isChanged(double atSeconds) {
    return settings.conditions().faults().changedModel() && atSeconds > settings.seconds() / 2;
  }

  private double trueScore(double atSeconds) {
    return isChanged(atSeconds) ? TRUE_SCORE_CHANGED : TRUE_SCORE;
  }
}

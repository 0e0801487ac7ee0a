package io.tocsin.simulator.city.evaluation;

import java.util.List;

/**
 * What chance made of a run's picks when they were slid apart in time.
 *
 * @param found of all slides
 * @param sensorDays listened to in all slides
 */
public record ChanceAlerts(List<ChanceAlert> found, int slides, double sensorDays) {

  /**
   * One of them.
   *
   * @param realSounds how many of its sounds were more than single sensors' picks
   */
  public record ChanceAlert(double probability, int realSounds) {}
}

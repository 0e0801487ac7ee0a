package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Judgement;

/**
 * A city, what the job found in it, and what that is worth.
 *
 * @param jobSeconds wall clock, with the start of the cluster
 * @param slideSeconds wall clock of all time slides
 */
record CityRun(
    City city, Findings findings, Judgement judgement, double jobSeconds, double slideSeconds) {

  /**
   * How the job runs.
   *
   * @param minimumProbability of alerts, as the pattern says
   * @param slides in time of what was heard; 0 for none
   */
  record Manner(int parallelism, double minimumProbability, int slides) {

    static Manner usual(int parallelism) {
      return new Manner(parallelism, CityJob.USUAL_MINIMUM_PROBABILITY, 0);
    }
  }

  static CityRun of(CitySettings settings, Manner manner) {
    City city = City.of(settings);
    long started = System.nanoTime();
    Findings findings =
        Findings.of(
            city,
            CityJob.run(city, manner.parallelism(), manner.minimumProbability()),
            CityJob.LATENESS.toMillis());
    double jobSeconds = secondsSince(started);
    Judgement judgement = Evaluation.judge(city.truth(), findings.alerts(), findings.events());
    started = System.nanoTime();
    if (manner.slides() > 0) {
      judgement =
          judgement.with(
              CitySlides.of(city, findings.alerts(), manner.minimumProbability(), manner.slides()));
    }
    return new CityRun(city, findings, judgement, jobSeconds, secondsSince(started));
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}

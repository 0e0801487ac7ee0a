package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Judgement;
import java.util.List;

/**
 * A city, what the job found in it, and what that is worth.
 *
 * @param jobSeconds wall clock, with the start of the cluster
 */
record CityRun(City city, Findings findings, Judgement judgement, double jobSeconds) {

  static CityRun of(CitySettings settings, int parallelism) {
    City city = City.of(settings);
    long started = System.nanoTime();
    List<Said> said = CityJob.run(city, parallelism);
    double seconds = (System.nanoTime() - started) / 1e9;
    Findings findings = Findings.of(city, said, CityJob.LATENESS.toMillis());
    return new CityRun(
        city,
        findings,
        Evaluation.judge(city.truth(), findings.alerts(), findings.events()),
        seconds);
  }
}

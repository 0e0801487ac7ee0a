package io.tocsin.stack.simulate;

import io.tocsin.association.TimeSlides;
import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.evaluation.ChanceAlerts;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Time slides over a city's own picks. */
final class CitySlides {

  private CitySlides() {}

  /**
   * What chance makes of the picks that arrived.
   *
   * @param alerts that the job said of them
   */
  static ChanceAlerts of(
      City city, List<FoundAlert> alerts, double minimumProbability, int slides) {
    Set<String> alerted = new HashSet<>();
    alerts.forEach(alert -> alerted.addAll(alert.detectionIds()));
    TimeSlides.Chance chance =
        TimeSlides.over(
                CitySettings.START_MICROS,
                CitySettings.START_MICROS + Math.round(city.settings().seconds() * 1e6),
                city.picks().stream().map(CityJob::pick).toList(),
                CityJob.sites(city),
                List.of(CityJob.pattern(minimumProbability)),
                CityJob.settings(city).association(),
                alerted)
            .slide(slides);
    return new ChanceAlerts(
        chance.alerts().stream()
            .map(a -> new ChanceAlerts.ChanceAlert(a.probability(), a.realSounds()))
            .toList(),
        slides,
        chance.sensorDays());
  }
}

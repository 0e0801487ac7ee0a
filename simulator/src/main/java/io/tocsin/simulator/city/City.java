package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityTruth.Incident;
import io.tocsin.simulator.city.CityTruth.Sound;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A city's truth and what arrives of it.
 *
 * @param picks in the order of arrival
 */
public record City(CitySettings settings, CityTruth truth, List<HeardPick> picks) {

  /** Draws a city; the same settings give the same city. */
  public static City of(CitySettings settings) {
    CityPlane plane = Layouts.plane(settings);
    SensorGrid grid = new SensorGrid(settings, plane);
    Models models = new Models(settings, grid);
    Hearing hearing = new Hearing(settings, grid, models);
    List<PlannedSound> plan = SoundPlan.draw(settings, new Layouts(settings, plane));
    List<HeardPick> picks = new ArrayList<>();
    List<Sound> sounds = new ArrayList<>();
    for (int i = 0; i < plan.size(); i++) {
      List<HeardPick> heard = hearing.picks(plan.get(i), i);
      sounds.add(sound(plan.get(i), i, heard, plane));
      picks.addAll(heard);
    }
    picks.addAll(Chatter.draw(settings, models, picks.size()));
    CityTruth truth =
        new CityTruth(
            settings.scenario().name(),
            settings.seed(),
            settings.hours(),
            plane.centreLatitudeDegrees(),
            plane.centreLongitudeDegrees(),
            List.copyOf(grid.sensors()),
            sounds,
            incidents(sounds));
    return new City(settings, truth, Delivery.deliver(picks, settings, grid));
  }

  private static Sound sound(
      PlannedSound planned, int number, List<HeardPick> heard, CityPlane plane) {
    double[] point = plane.geographic(planned.place());
    return new Sound(
        String.format(Locale.ROOT, "sound-%05d", number + 1),
        planned.incident(),
        planned.kind(),
        planned.label(),
        CitySettings.START_MICROS + Math.round(planned.atSeconds() * 1e6),
        point[0],
        point[1],
        planned.place().eastMetres(),
        planned.place().northMetres(),
        heard.stream()
            .map(p -> new CityTruth.Arrival(p.detectionId(), p.sensorId(), p.onsetMicros()))
            .toList());
  }

  private static List<Incident> incidents(List<Sound> sounds) {
    Map<String, List<Sound>> byIncident = new LinkedHashMap<>();
    sounds.forEach(s -> byIncident.computeIfAbsent(s.incident(), name -> new ArrayList<>()).add(s));
    return byIncident.entrySet().stream()
        .map(
            e ->
                new Incident(
                    e.getKey(),
                    e.getValue().get(0).kind(),
                    e.getValue().stream().map(Sound::soundId).toList()))
        .toList();
  }
}

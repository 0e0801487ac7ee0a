package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.Labels;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A glass and a cry near in time and place make an alert; what hangs together is one alert. Its
 * picks of one label are a sound, at the mean of the sensors' places.
 */
final class Windows {

  private Windows() {}

  static Baseline.Found find(List<PlacedPick> picks, double withinMetres) {
    int[] group = new int[picks.size()];
    for (int i = 0; i < group.length; i++) {
      group[i] = i;
    }
    boolean[] paired = new boolean[picks.size()];
    for (int i = 0; i < picks.size(); i++) {
      for (int j = i + 1; j < picks.size(); j++) {
        if (picks.get(j).seconds() - picks.get(i).seconds() > Baseline.WITHIN_SECONDS) {
          break;
        }
        if (isPair(picks.get(i), picks.get(j), withinMetres)) {
          paired[i] = true;
          paired[j] = true;
          group[root(group, i)] = root(group, j);
        }
      }
    }
    Map<Integer, List<PlacedPick>> groups = new LinkedHashMap<>();
    for (int i = 0; i < picks.size(); i++) {
      if (paired[i]) {
        groups.computeIfAbsent(root(group, i), r -> new ArrayList<>()).add(picks.get(i));
      }
    }
    List<FoundEvent> events = new ArrayList<>();
    List<FoundAlert> alerts = new ArrayList<>();
    groups.values().forEach(together -> say(together, events, alerts));
    return new Baseline.Found(alerts, events);
  }

  private static boolean isPair(PlacedPick a, PlacedPick b, double withinMetres) {
    return a.isCry() != b.isCry() && a.place().distanceMetres(b.place()) <= withinMetres;
  }

  private static int root(int[] group, int of) {
    int at = of;
    while (group[at] != at) {
      group[at] = group[group[at]];
      at = group[at];
    }
    return at;
  }

  private static void say(
      List<PlacedPick> together, List<FoundEvent> events, List<FoundAlert> alerts) {
    Map<String, List<PlacedPick>> byLabel = new HashMap<>();
    together.forEach(p -> byLabel.computeIfAbsent(p.pick().label(), l -> new ArrayList<>()).add(p));
    List<LocatedSound> sounds =
        Labels.ALL.stream()
            .filter(byLabel::containsKey)
            .map(label -> LocatedSound.atCentroid(byLabel.getOrDefault(label, List.of())))
            .toList();
    sounds.forEach(s -> events.add(s.found()));
    alerts.add(Pairing.alert(sounds));
  }
}

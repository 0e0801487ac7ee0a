package io.tocsin.association;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps what a cell says. */
final class Listener implements CellAssociator.Voice {

  final List<Alert> alerts = new ArrayList<>();
  final Map<String, CellAssociator.RevisedEvent> last = new TreeMap<>();

  @Override
  public void event(CellAssociator.RevisedEvent event) {
    last.merge(event.event().eventId(), event, (a, b) -> b.revision() > a.revision() ? b : a);
  }

  @Override
  public void alert(Alert alert) {
    alerts.add(alert);
  }

  /** What was said and not withdrawn. */
  List<SoundEvent> standingEvents() {
    return last.values().stream()
        .filter(e -> !e.withdrawn())
        .map(CellAssociator.RevisedEvent::event)
        .sorted(Comparator.comparingLong(SoundEvent::originMicros))
        .toList();
  }

  /** The last word on each alert that was not taken back, by id. */
  List<Alert> lastAlerts() {
    Map<String, Alert> last = new TreeMap<>();
    for (Alert alert : alerts) {
      last.merge(alert.alertId(), alert, (a, b) -> b.revision() >= a.revision() ? b : a);
    }
    return last.values().stream().filter(a -> a.state() != Alert.State.RETRACTED).toList();
  }
}

package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Open alerts that the topic knows and the cell does not: another attempt at the same work said
 * them, and died before it took them back, or was thought dead and was not. Whose anchor is known
 * by its cell goes over to what that cell has said itself; those of which no pick is known wait
 * here.
 */
final class Strays {

  private final TreeMap<String, Alert> byId = new TreeMap<>();

  /** Ids of those that wait for a pick, by the pick's id. */
  private final ByPick waiting = new ByPick();

  private final Touched<String> touched = new Touched<>();

  void restore(Alert alert) {
    byId.put(alert.alertId(), alert);
    String anchorId = alert.anchorId();
    if (anchorId != null) {
      waiting.add(anchorId, alert.alertId());
    }
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }

  /** In the order of their ids; a copy. */
  List<Alert> all() {
    return List.copyOf(byId.values());
  }

  /** Those whose anchor the pick is, in the order of their ids; a copy. */
  List<Alert> awaiting(String detectionId) {
    return byId.isEmpty() ? List.of() : waiting.of(detectionId).stream().map(byId::get).toList();
  }

  @Nullable Alert get(String alertId) {
    return byId.get(alertId);
  }

  /** Keeps what was said, unless more was said before. */
  void put(Alert alert) {
    Alert before = byId.get(alert.alertId());
    if (before == null || before.revision() < alert.revision()) {
      restore(alert);
      touched.add(alert.alertId());
    }
  }

  /** Forgets an alert, unless a later revision of it waits. */
  void removeUpTo(int revision, String alertId) {
    Alert known = byId.get(alertId);
    if (known != null && known.revision() <= revision) {
      byId.remove(alertId);
      String anchorId = known.anchorId();
      if (anchorId != null) {
        waiting.remove(anchorId, alertId);
      }
      touched.add(alertId);
    }
  }

  /** Ids of what changed since {@link #saved}. */
  Collection<String> touched() {
    return touched.keys();
  }

  void saved() {
    touched.clear();
  }

  /**
   * What was said, with the picks as {@code memory} knows them: the topic names no more than their
   * ids. Of its sounds only the anchor's counts as located, which is all that is asked of them.
   */
  static Alert known(Alert said, Pick anchor, CellMemory memory) {
    List<SoundEvent> events = new ArrayList<>();
    for (SoundEvent event : said.events()) {
      List<SoundEvent.EventPick> picks = new ArrayList<>();
      for (SoundEvent.EventPick pick : event.picks()) {
        Arrival arrival = memory.get(pick.pick().detectionId());
        picks.add(
            arrival == null ? pick : new SoundEvent.EventPick(arrival.pick, pick.residualMicros()));
      }
      boolean anchors =
          !event.picks().isEmpty() && event.anchor().detectionId().equals(anchor.detectionId());
      events.add(event.with(picks, event.location().as(method(anchors))));
    }
    return said.with(events);
  }

  private static Location.Method method(boolean located) {
    return located ? Location.Method.MULTILATERATION : Location.Method.AUDIBLE_REGION;
  }
}

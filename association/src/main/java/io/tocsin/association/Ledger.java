package io.tocsin.association;

import io.tocsin.association.CellAssociator.RevisedEvent;
import io.tocsin.association.CellAssociator.Voice;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has been said, and how what is new is said: with revisions that only rise, and a last
 * revision that the set of picks alone decides. A provisional revision is twice the number of picks
 * that were known around the anchor, the last one is that of all of them plus one; something
 * provisional that would need a higher revision than its picks give it waits for the last.
 */
final class Ledger {

  /** A provisional revision needs so much more evidence than the one before. */
  private static final double MORE = 1.25;

  private final Map<String, Said> said = new HashMap<>();

  /** Those of alerts, by key. */
  private final TreeMap<String, Said> alerts = new TreeMap<>();

  /** Of them those that are open: few beside what is remembered. */
  private final TreeMap<String, Said> openAlerts = new TreeMap<>();

  /** Their keys by the picks that they rest on. */
  private final ByPick openByPick = new ByPick();

  private final Touched<String> touched = new Touched<>();

  /** Nothing that is remembered rests on older evidence alone. */
  private long oldestMicros = Long.MAX_VALUE;

  void restore(Said entry) {
    said.put(entry.key(), entry);
    oldestMicros = Math.min(oldestMicros, entry.lastOnsetMicros());
    if (entry.isAlert()) {
      alerts.put(entry.key(), entry);
    }
    keepOpen(entry.key(), entry.openAlert() ? entry : null);
  }

  /**
   * @param now in the place of what was open under the key; null: nothing is any more
   */
  private void keepOpen(String key, @Nullable Said now) {
    Said before = now == null ? openAlerts.remove(key) : openAlerts.put(key, now);
    if (before == null && now == null) {
      return;
    }
    Set<String> had = before == null ? Set.of() : before.alert().get(0).detectionIds();
    Set<String> has = now == null ? Set.of() : now.alert().get(0).detectionIds();
    for (String id : had) {
      if (!has.contains(id)) {
        openByPick.remove(id, key);
      }
    }
    for (String id : has) {
      if (!had.contains(id)) {
        openByPick.add(id, key);
      }
    }
  }

  /** What was said of alerts, by key. */
  Collection<Said> alerts() {
    return Collections.unmodifiableCollection(alerts.values());
  }

  /** Of them those that are open, by key. */
  Collection<Said> openAlerts() {
    return Collections.unmodifiableCollection(openAlerts.values());
  }

  /** Whether an open alert rests on the pick. */
  boolean isOpenWith(String detectionId) {
    return openByPick.has(detectionId);
  }

  /** The open alerts that rest on one of the picks, by key; a copy. */
  List<Said> openWith(Stream<String> detectionIds) {
    TreeMap<String, Said> open = new TreeMap<>();
    detectionIds.forEach(
        id -> openByPick.of(id).forEach(key -> open.computeIfAbsent(key, openAlerts::get)));
    return List.copyOf(open.values());
  }

  @Nullable Said get(String key) {
    return said.get(key);
  }

  void event(
      SoundEvent event, int picksAround, boolean settled, long lastOnsetMicros, Voice voice) {
    String key = Said.keyOfEvent(event.anchor().detectionId());
    Said before = said.get(key);
    int detections = event.picks().size();
    int revision = 2 * picksAround + (settled ? 1 : 0);
    if (before != null) {
      boolean enough = settled || detections >= MORE * before.detections();
      boolean repeated =
          before.closed() && !before.withdrawn() && settled && revision <= before.revision();
      if (!enough || repeated || (!settled && revision <= before.revision())) {
        return;
      }
      revision = Math.max(revision, before.revision() + 1);
    }
    voice.event(new RevisedEvent(event, revision, false));
    List<SoundEvent> toWithdraw = settled ? List.of() : List.of(event);
    put(new Said(key, revision, settled, detections, lastOnsetMicros, List.of(), toWithdraw));
  }

  /** Withdraws what was said of an event of this anchor, if it was not the last word. */
  void withdraw(Pick anchor, Voice voice) {
    Said open = said.get(Said.keyOfEvent(anchor.detectionId()));
    if (open != null && open.openEvent()) {
      int revision = open.revision() + 1;
      voice.event(new RevisedEvent(open.event().get(0), revision, true));
      put(new Said(open.key(), revision, true, 0, open.lastOnsetMicros(), List.of(), List.of()));
    }
  }

  /**
   * @param anew whether to say it whatever the revision before; when patterns change
   */
  void alert(
      Alert alert,
      int picksAround,
      boolean closed,
      boolean anew,
      long lastOnsetMicros,
      Voice voice) {
    String key = Said.keyOfAlert(alert.alertId());
    Said before = said.get(key);
    int detections = alert.events().stream().mapToInt(e -> e.picks().size()).sum();
    int revision = 2 * picksAround + (closed ? 1 : 0);
    boolean again = before != null && before.retracted();
    if (before != null) {
      boolean over = before.closed() && !again;
      if (closed ? over && revision <= before.revision() : over) {
        return;
      }
      boolean same = !again && detections == before.detections();
      if (!closed && (same || (!anew && revision <= before.revision()))) {
        return;
      }
      revision = Math.max(revision, before.revision() + 1);
    }
    if (closed && (before == null || (again && before.revision() < revision - 1))) {
      // Nobody has seen it open: it opens and closes at once, and both are said.
      voice.alert(alert.as(Alert.State.OPEN, revision - 1));
    }
    Alert.State state =
        closed
            ? Alert.State.CLOSED
            : before == null || again ? Alert.State.OPEN : Alert.State.UPDATED;
    Alert revised = alert.as(state, revision);
    voice.alert(revised);
    put(new Said(key, revision, closed, detections, lastOnsetMicros, List.of(revised), List.of()));
  }

  /**
   * Takes an open alert back; remembered, so that its revisions go on rising if it comes back.
   *
   * @param successor id of the alert that takes its place; null if none does
   */
  void retract(Said open, int revision, @Nullable String successor, Voice voice) {
    Alert last = open.alert().get(0);
    voice.alert(last.takenBack(revision, successor));
    put(
        new Said(
            open.key(),
            revision,
            true,
            open.detections(),
            open.lastOnsetMicros(),
            List.of(),
            List.of()));
  }

  /**
   * Takes over what another attempt said of an alert, where that goes further than what is known:
   * it may be revised or taken back like the cell's own. A last word stands, and is said again
   * above the other's.
   *
   * @param theirs open or taken back
   * @return whether it went further
   */
  boolean adopt(Alert theirs, long lastOnsetMicros, Voice voice) {
    String key = Said.keyOfAlert(theirs.alertId());
    Said before = said.get(key);
    if (before != null && before.revision() >= theirs.revision()) {
      return false;
    }
    if (before != null && before.closed() && !before.retracted()) {
      if (theirs.isOpen()) {
        Alert again = before.alert().get(0).as(Alert.State.CLOSED, theirs.revision() + 1);
        voice.alert(again);
        put(
            new Said(
                key,
                again.revision(),
                true,
                before.detections(),
                before.lastOnsetMicros(),
                List.of(again),
                List.of()));
      }
      return true;
    }
    int detections = theirs.events().stream().mapToInt(e -> e.picks().size()).sum();
    List<Alert> toTakeBack = theirs.isOpen() ? List.of(theirs) : List.of();
    put(
        new Said(
            key,
            theirs.revision(),
            !theirs.isOpen(),
            detections,
            before == null ? lastOnsetMicros : Math.max(lastOnsetMicros, before.lastOnsetMicros()),
            toTakeBack,
            List.of()));
    return true;
  }

  void forgetBefore(long micros) {
    if (oldestMicros >= micros) {
      return;
    }
    oldestMicros = Long.MAX_VALUE;
    said.values()
        .removeIf(
            s -> {
              boolean old = s.lastOnsetMicros() < micros;
              if (old) {
                alerts.remove(s.key());
                keepOpen(s.key(), null);
                touched.add(s.key());
              } else {
                oldestMicros = Math.min(oldestMicros, s.lastOnsetMicros());
              }
              return old;
            });
  }

  private void put(Said entry) {
    restore(entry);
    touched.add(entry.key());
  }

  /** Keys of what changed since {@link #saved}. */
  Collection<String> touched() {
    return touched.keys();
  }

  void saved() {
    touched.clear();
  }
}

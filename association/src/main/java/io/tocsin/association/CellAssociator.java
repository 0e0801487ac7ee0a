package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Associates the picks of one cell of a partitioned area.
 *
 * <p>Everything said is a function of the set of picks known: what was said before is compared with
 * what the set says now, and the difference comes out. So alerts open as soon as their evidence
 * suffices, later picks revise them, and the last word is the same whatever the order of arrival. A
 * revision is twice the number of picks considered (plus one when closed): it grows with evidence
 * and is itself independent of order.
 */
public final class CellAssociator {

  private static final String ALERT = "ALERT";
  private static final String EVENT = "EVENT";

  private final Settings settings;
  private final List<Pattern> patterns;
  private final Predicate<GeoPoint> owns;
  private final Associator associator;

  /** What a step brought: the state to keep and what is to be said. */
  public record Step(CellState state, List<RevisedEvent> events, List<Alert> alerts) {}

  /** A sound event and its revision. */
  public record RevisedEvent(SoundEvent event, int revision) {}

  /**
   * @param sites sensors within reach, by id
   * @param patterns in force
   * @param owns whether the cell owns what is anchored at a place: it speaks for that alone, so
   *     that each event and alert comes from just one cell
   */
  public CellAssociator(
      Settings settings,
      Map<String, SensorSite> sites,
      Collection<Pattern> patterns,
      Predicate<GeoPoint> owns) {
    this.settings = settings;
    this.patterns = List.copyOf(patterns);
    this.owns = owns;
    this.associator = new Associator(settings, sites);
  }

  /** Longest time for which a pick can still matter to another, by origin or pattern. */
  public static long horizonMicros(Settings settings, Collection<Pattern> patterns) {
    long within = patterns.stream().mapToLong(Pattern::withinMicros).max().orElse(0);
    return within + 2 * settings.travelMicros();
  }

  /** Takes a pick; one that is known changes nothing. */
  public Step onPick(CellState before, Pick pick) {
    if (before.picks().stream().anyMatch(p -> p.detectionId().equals(pick.detectionId()))) {
      return new Step(before, List.of(), List.of());
    }
    List<Pick> picks = new ArrayList<>(before.picks());
    picks.add(pick);
    picks.sort(Pick.BY_ONSET);
    return evaluate(picks, before.said(), before.settledMicros(), Long.MIN_VALUE);
  }

  /** Says what is to be said anew, for instance after a pattern or a sensor changed. */
  public Step reconsider(CellState before) {
    return evaluate(before.picks(), before.said(), before.settledMicros(), Long.MIN_VALUE);
  }

  /** No pick earlier than {@code watermarkMicros} comes any more: closes and forgets. */
  public Step onWatermark(CellState before, long watermarkMicros) {
    long settledMicros = Math.max(before.settledMicros(), watermarkMicros);
    Step settled = evaluate(before.picks(), before.said(), settledMicros, watermarkMicros);
    return new Step(pruned(settled.state(), watermarkMicros), settled.events(), settled.alerts());
  }

  /** When, by event time, {@link #onWatermark} next has something to do; for a timer. */
  public long nextDeadlineMicros(CellState state) {
    long newest = state.picks().get(state.picks().size() - 1).onsetMicros();
    return newest + 2 * horizonMicros(settings, patterns) + 1;
  }

  private Step evaluate(
      List<Pick> picks, List<CellState.Memo> said, long settledMicros, long watermarkMicros) {
    Map<String, CellState.Memo> memos = new TreeMap<>();
    said.forEach(m -> memos.put(m.kind() + m.id(), m));
    List<SoundEvent> events = associator.associate(picks);
    List<RevisedEvent> revisedEvents = new ArrayList<>();
    for (SoundEvent event : events) {
      if (owns.test(event.anchor().place())) {
        reviseEvent(event, picks, memos, revisedEvents);
      }
    }
    List<Alert> revisedAlerts = new ArrayList<>();
    Map<String, Alert> current = new HashMap<>();
    for (Alert alert : new PatternMatcher(settings, associator.locator()).match(events, patterns)) {
      if (owns.test(alert.events().get(0).anchor().place())) {
        current.put(alert.alertId(), alert);
        reviseAlert(alert, picks, settledMicros, watermarkMicros, memos, revisedAlerts);
      }
    }
    retractVanished(current, memos, revisedAlerts);
    return new Step(
        new CellState(List.copyOf(picks), List.copyOf(memos.values()), settledMicros),
        revisedEvents,
        revisedAlerts);
  }

  private void reviseEvent(
      SoundEvent event,
      List<Pick> picks,
      Map<String, CellState.Memo> memos,
      List<RevisedEvent> into) {
    long from = event.anchor().onsetMicros() - settings.travelMicros();
    long to = event.anchor().onsetMicros() + settings.travelMicros();
    int revision = considered(picks, List.of(event.label()), from, to);
    String content = content(event);
    CellState.Memo memo = memos.get(EVENT + event.eventId());
    if (memo == null || !content.equals(memo.content())) {
      revision = memo == null ? revision : Math.max(revision, memo.revision() + 1);
      into.add(new RevisedEvent(event, revision));
      memos.put(
          EVENT + event.eventId(),
          new CellState.Memo(
              EVENT, event.eventId(), revision, content, false, lastOnset(event), List.of()));
    }
  }

  private void reviseAlert(
      Alert alert,
      List<Pick> picks,
      long settledMicros,
      long watermarkMicros,
      Map<String, CellState.Memo> memos,
      List<Alert> into) {
    Pattern pattern =
        patterns.stream()
            .filter(p -> p.patternId().equals(alert.patternId()))
            .findFirst()
            .orElseThrow();
    long reach = pattern.withinMicros() + settings.travelMicros();
    long first = alert.events().get(0).anchor().onsetMicros();
    long last = alert.events().stream().mapToLong(CellAssociator::lastOnset).max().orElse(first);
    int evidence = considered(picks, pattern.everyLabel(), first - reach, last + reach);
    CellState.Memo memo = memos.get(ALERT + alert.alertId());
    boolean retracted = memo != null && memo.alert().isEmpty();
    // What had its last word and changes all the same, by a pick that came too late, stays closed.
    boolean closed =
        (memo != null && memo.closed() && !retracted)
            || watermarkMicros > last + reach + settings.travelMicros();
    int counted = 2 * evidence + (closed ? 1 : 0);
    int revision = memo == null ? counted : Math.max(counted, memo.revision() + 1);
    StringBuilder said = new StringBuilder().append(closed);
    alert.events().forEach(e -> said.append(content(e)));
    String content = Ids.of(said.toString());
    if (memo == null && last + 2 * horizonMicros(settings, patterns) < settledMicros) {
      // All of it is long over and was judged then, beside groups that are forgotten by now.
      return;
    }
    if (memo != null && content.equals(memo.content())) {
      return;
    }
    Alert.State state =
        closed
            ? Alert.State.CLOSED
            : memo == null || retracted ? Alert.State.OPEN : Alert.State.UPDATED;
    Alert revised = alert.as(state, revision);
    if (closed && memo == null) {
      // Nobody has seen it open: it opens and closes at once, and both are said.
      into.add(alert.as(Alert.State.OPEN, revision - 1));
    }
    into.add(revised);
    memos.put(
        ALERT + alert.alertId(),
        new CellState.Memo(
            ALERT, alert.alertId(), revision, content, closed, last, List.of(revised)));
  }

  private static void retractVanished(
      Map<String, Alert> current, Map<String, CellState.Memo> memos, List<Alert> into) {
    for (CellState.Memo memo : List.copyOf(memos.values())) {
      if (memo.kind().equals(ALERT) && !memo.closed() && !current.containsKey(memo.id())) {
        Alert last = memo.alert().get(0);
        into.add(last.as(Alert.State.RETRACTED, memo.revision() + 1));
        // Remembered, so that its revisions go on rising if it comes back.
        memos.put(
            ALERT + memo.id(),
            new CellState.Memo(
                ALERT,
                memo.id(),
                memo.revision() + 1,
                "",
                true,
                memo.lastOnsetMicros(),
                List.of()));
      }
    }
  }

  /**
   * Forgets the groups of picks that can no longer matter. A group goes as a whole, and together
   * with those that an alert ties it to: half of an event, or of an alert, would be another one.
   */
  private CellState pruned(CellState state, long watermarkMicros) {
    long horizon = horizonMicros(settings, patterns);
    List<List<Pick>> groups = associator.groups(state.picks());
    boolean[] matters = new boolean[groups.size()];
    Map<String, Integer> groupOf = new HashMap<>();
    for (int g = 0; g < groups.size(); g++) {
      List<Pick> group = groups.get(g);
      matters[g] = group.get(group.size() - 1).onsetMicros() + 2 * horizon >= watermarkMicros;
      for (Pick pick : group) {
        groupOf.put(pick.detectionId(), g);
      }
    }
    List<int[]> ties =
        new PatternMatcher(settings, associator.locator())
            .match(associator.associate(state.picks()), patterns).stream()
                .map(alert -> groupsOf(alert, groupOf))
                .toList();
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int[] tied : ties) {
        boolean any = Arrays.stream(tied).anyMatch(g -> matters[g]);
        for (int g : tied) {
          changed |= any && !matters[g];
          matters[g] |= any;
        }
      }
    }
    List<Pick> kept = state.picks().stream().filter(p -> matters[number(p, groupOf)]).toList();
    if (kept.size() == state.picks().size()) {
      return state;
    }
    if (kept.isEmpty()) {
      return CellState.EMPTY;
    }
    long oldest = kept.get(0).onsetMicros();
    List<CellState.Memo> memos =
        state.said().stream().filter(m -> m.lastOnsetMicros() >= oldest).toList();
    return new CellState(kept, memos, state.settledMicros());
  }

  private static int[] groupsOf(Alert alert, Map<String, Integer> groupOf) {
    return alert.events().stream()
        .flatMap(e -> e.picks().stream())
        .mapToInt(p -> number(p.pick(), groupOf))
        .distinct()
        .toArray();
  }

  private static int number(Pick pick, Map<String, Integer> groupOf) {
    return Objects.requireNonNull(groupOf.get(pick.detectionId()), "every pick is in a group");
  }

  private static int considered(
      List<Pick> picks, Collection<String> labels, long fromMicros, long toMicros) {
    int count = 0;
    for (Pick pick : picks) {
      if (pick.onsetMicros() >= fromMicros
          && pick.onsetMicros() <= toMicros
          && labels.contains(pick.label())) {
        count++;
      }
    }
    return count;
  }

  private static long lastOnset(SoundEvent event) {
    return event.picks().get(event.picks().size() - 1).pick().onsetMicros();
  }

  private static String content(SoundEvent event) {
    StringBuilder ids = new StringBuilder();
    event.picks().forEach(p -> ids.append(p.pick().detectionId()).append(' '));
    return ids.toString();
  }
}

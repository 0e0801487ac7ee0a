package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Associates all the picks of a span at once, for what is asked afterwards: by the cells and with
 * the {@link CellAssociator} of the job, in the order of time. Its last words are the job's.
 */
final class FieldAssociation {

  private final Settings settings;
  private final List<Pattern> patterns;
  private final CellReach reach;
  private final Map<Long, SiteIndex> indexes = new HashMap<>();
  private final Map<GeoPoint, List<Long>> cells = new HashMap<>();

  /**
   * The last word on everything that was not taken back.
   *
   * @param events located sounds
   */
  record LastWords(List<SoundEvent> events, List<Alert> alerts) {}

  FieldAssociation(Settings settings, Collection<SensorSite> sites, Collection<Pattern> patterns) {
    this.settings = settings;
    this.patterns = List.copyOf(patterns);
    double widest = patterns.stream().mapToDouble(Pattern::withinMetres).max().orElse(0);
    this.reach = new CellReach(2 * settings.reachMetres() + widest);
    for (SensorSite site : sites) {
      for (long cell : cells(site.place())) {
        indexes.computeIfAbsent(cell, c -> new SiteIndex(reach.centre(c))).put(site);
      }
    }
  }

  /**
   * @param picks in any order; of those with one id the first counts
   */
  LastWords of(Collection<Pick> picks) {
    Map<Long, List<Pick>> byCell = new TreeMap<>();
    for (Pick pick : picks) {
      for (long cell : cells(pick.place())) {
        byCell.computeIfAbsent(cell, c -> new ArrayList<>()).add(pick);
      }
    }
    Listening heard = new Listening(new TreeMap<>(), new TreeMap<>());
    byCell.forEach((cell, there) -> associate(cell, there, heard));
    return heard.lastWords();
  }

  private void associate(long cell, List<Pick> picks, Listening heard) {
    SiteIndex sites = indexes.computeIfAbsent(cell, c -> new SiteIndex(reach.centre(c)));
    CellAssociator associator =
        new CellAssociator(settings, sites, patterns, place -> cells(place).get(0) == cell);
    picks.sort(Pick.BY_ONSET);
    for (Pick pick : picks) {
      // What came with a pick of the same onset may still come.
      long watermark = pick.onsetMicros() - 1;
      if (associator.addQuietly(pick, watermark)) {
        associator.settle(watermark, heard);
        // Nothing is kept elsewhere; what is told of changes would only pile up.
        associator.saved();
      }
    }
    associator.settleAll(heard);
  }

  /** The cells that want a pick from there, its home first. */
  private List<Long> cells(GeoPoint place) {
    return cells.computeIfAbsent(place, reach::within);
  }

  /** Keeps the last word on each event and alert. */
  private record Listening(
      Map<String, CellAssociator.RevisedEvent> events, Map<String, Alert> alerts)
      implements CellAssociator.Voice {

    @Override
    public void event(CellAssociator.RevisedEvent event) {
      events.merge(event.event().eventId(), event, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    @Override
    public void alert(Alert alert) {
      alerts.merge(alert.alertId(), alert, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    private LastWords lastWords() {
      return new LastWords(
          events.values().stream()
              .filter(e -> !e.withdrawn())
              .map(CellAssociator.RevisedEvent::event)
              .toList(),
          alerts.values().stream().filter(a -> a.state() != Alert.State.RETRACTED).toList());
    }
  }
}

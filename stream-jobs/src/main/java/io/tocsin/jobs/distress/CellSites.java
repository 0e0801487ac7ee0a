package io.tocsin.jobs.distress;

import io.tocsin.association.CellReach;
import io.tocsin.association.Scatter;
import io.tocsin.association.SensorSite;
import io.tocsin.association.SiteIndex;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sensors of the field by cell. One that comes, moves or goes touches the few cells within its
 * reach and nothing else.
 */
final class CellSites {

  private final CellReach reach;

  /** Both by {@link Scatter#key} of the cell. */
  private final Map<Long, Map<String, SensorSite>> byHome = new HashMap<>();

  /** Of the cells that had picks. */
  private final Map<Long, SiteIndex> indexes = new HashMap<>();

  CellSites(CellReach reach) {
    this.reach = reach;
  }

  /**
   * A sensor in the place of what it was.
   *
   * @param before null for a new one
   * @param now null for one that is withdrawn
   */
  void change(@Nullable SensorSite before, @Nullable SensorSite now) {
    if (before != null) {
      for (long cell : reach.within(before.place())) {
        SiteIndex index = indexes.get(Scatter.key(cell));
        if (index != null) {
          index.remove(before.sensorId());
        }
      }
      Map<String, SensorSite> there = byHome.get(Scatter.key(reach.home(before.place())));
      if (there != null) {
        there.remove(before.sensorId());
      }
    }
    if (now != null) {
      byHome
          .computeIfAbsent(Scatter.key(reach.home(now.place())), c -> new HashMap<>())
          .put(now.sensorId(), now);
      if (!indexes.isEmpty()) {
        for (long cell : reach.within(now.place())) {
          SiteIndex index = indexes.get(Scatter.key(cell));
          if (index != null) {
            index.put(now);
          }
        }
      }
    }
  }

  /** The sensors within reach of a cell; kept up to date. */
  SiteIndex of(long cell) {
    return indexes.computeIfAbsent(Scatter.key(cell), c -> index(cell));
  }

  private SiteIndex index(long cell) {
    SiteIndex index = new SiteIndex(reach.centre(cell));
    for (long home : reach.around(cell)) {
      for (SensorSite site : byHome.getOrDefault(Scatter.key(home), Map.of()).values()) {
        if (home == cell || reach.within(site.place()).contains(cell)) {
          index.put(site);
        }
      }
    }
    return index;
  }
}

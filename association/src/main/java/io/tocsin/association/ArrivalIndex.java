package io.tocsin.association;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The picks of one label in a cell by time. */
final class ArrivalIndex {

  private final long lengthMicros;
  private final Map<Long, List<Arrival>> slices = new HashMap<>();

  /**
   * @param lengthMicros of a slice of time; best the span that is mostly asked for
   */
  ArrivalIndex(long lengthMicros) {
    this.lengthMicros = lengthMicros;
  }

  void add(Arrival arrival) {
    slices
        .computeIfAbsent(
            Math.floorDiv(arrival.pick.onsetMicros(), lengthMicros), s -> new ArrayList<>(4))
        .add(arrival);
  }

  void remove(Arrival arrival) {
    long slice = Math.floorDiv(arrival.pick.onsetMicros(), lengthMicros);
    List<Arrival> list = slices.get(slice);
    if (list != null && list.remove(arrival) && list.isEmpty()) {
      slices.remove(slice);
    }
  }

  /** Those with an onset from {@code from} to {@code to}, in no particular order. */
  void between(long from, long to, Consumer<Arrival> each) {
    long last = Math.floorDiv(to, lengthMicros);
    for (long slice = Math.floorDiv(from, lengthMicros); slice <= last; slice++) {
      List<Arrival> list = slices.get(slice);
      for (int i = 0; list != null && i < list.size(); i++) {
        Arrival arrival = list.get(i);
        long onset = arrival.pick.onsetMicros();
        if (onset >= from && onset <= to) {
          each.accept(arrival);
        }
      }
    }
  }

  int count(long from, long to) {
    int[] count = new int[1];
    between(from, to, a -> count[0]++);
    return count[0];
  }

  /** Adds to {@code into} what one sound may have made together with {@code arrival}. */
  void linked(Arrival arrival, Settings settings, List<Arrival> into) {
    long onset = arrival.pick.onsetMicros();
    between(
        onset - settings.travelMicros(),
        onset + settings.travelMicros(),
        other -> {
          if (other != arrival && arrival.mayShareSoundWith(other, settings)) {
            into.add(other);
          }
        });
  }
}

package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The picks of one label in a cell by time. Nearly all that are asked about by time are too far
 * away, and are told so by what lies side by side.
 */
final class ArrivalIndex {

  private final long lengthMicros;
  private final Long2ObjectOpenHashMap<Slice> slices = new Long2ObjectOpenHashMap<>();

  /** In the order in which they came. */
  private static final class Slice {

    private Arrival[] arrivals = new Arrival[8];
    private long[] onsets = new long[8];
    private double[] places = new double[16];
    private int size;

    private void add(Arrival arrival) {
      if (size == arrivals.length) {
        arrivals = Arrays.copyOf(arrivals, 2 * size);
        onsets = Arrays.copyOf(onsets, 2 * size);
        places = Arrays.copyOf(places, 4 * size);
      }
      arrivals[size] = arrival;
      onsets[size] = arrival.pick.onsetMicros();
      places[2 * size] = arrival.x;
      places[2 * size + 1] = arrival.y;
      size++;
    }

    private void remove(Arrival arrival) {
      int at = 0;
      while (at < size && arrivals[at] != arrival) {
        at++;
      }
      if (at < size) {
        int after = size - at - 1;
        System.arraycopy(arrivals, at + 1, arrivals, at, after);
        System.arraycopy(onsets, at + 1, onsets, at, after);
        System.arraycopy(places, 2 * at + 2, places, 2 * at, 2 * after);
        size--;
        Arrays.fill(arrivals, size, size + 1, null);
      }
    }

    private boolean isWithin(int i, long from, long to) {
      return onsets[i] >= from && onsets[i] <= to;
    }

    private boolean isNear(int i, double x, double y, double metres) {
      double dx = places[2 * i] - x;
      double dy = places[2 * i + 1] - y;
      return dx * dx + dy * dy <= metres * metres;
    }
  }

  /**
   * @param lengthMicros of a slice of time; best the span that is mostly asked for
   */
  ArrivalIndex(long lengthMicros) {
    this.lengthMicros = lengthMicros;
  }

  void add(Arrival arrival) {
    long number = Math.floorDiv(arrival.pick.onsetMicros(), lengthMicros);
    Slice slice = slices.get(number);
    if (slice == null) {
      slice = new Slice();
      slices.put(number, slice);
    }
    slice.add(arrival);
  }

  void remove(Arrival arrival) {
    long number = Math.floorDiv(arrival.pick.onsetMicros(), lengthMicros);
    Slice slice = slices.get(number);
    if (slice != null) {
      slice.remove(arrival);
      if (slice.size == 0) {
        slices.remove(number);
      }
    }
  }

  /**
   * Those with an onset from {@code from} to {@code to} whose sensors are within a distance of a
   * place, in no particular order.
   */
  void between(long from, long to, double x, double y, double metres, Consumer<Arrival> each) {
    long last = Math.floorDiv(to, lengthMicros);
    for (long number = Math.floorDiv(from, lengthMicros); number <= last; number++) {
      Slice slice = slices.get(number);
      for (int i = 0; slice != null && i < slice.size; i++) {
        if (slice.isWithin(i, from, to) && slice.isNear(i, x, y, metres)) {
          each.accept(slice.arrivals[i]);
        }
      }
    }
  }

  int count(long from, long to) {
    int count = 0;
    long last = Math.floorDiv(to, lengthMicros);
    for (long number = Math.floorDiv(from, lengthMicros); number <= last; number++) {
      Slice slice = slices.get(number);
      for (int i = 0; slice != null && i < slice.size; i++) {
        count += slice.isWithin(i, from, to) ? 1 : 0;
      }
    }
    return count;
  }

  /** Adds to {@code into} what one sound may have made together with {@code arrival}. */
  void linked(Arrival arrival, Settings settings, List<Arrival> into) {
    long onset = arrival.pick.onsetMicros();
    long travel = settings.travelMicros();
    between(
        onset - travel,
        onset + travel,
        arrival.x,
        arrival.y,
        // A little more than what is allowed: that is decided below.
        2 * settings.reachMetres() + 1,
        other -> {
          if (other != arrival && arrival.mayShareSoundWith(other, settings)) {
            into.add(other);
          }
        });
  }
}

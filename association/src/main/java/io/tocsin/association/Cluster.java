package io.tocsin.association;

import java.util.ArrayList;
import java.util.List;

/** Picks of one label that are linked, directly or through others, as one sound's may be. */
final class Cluster {

  final List<Arrival> members = new ArrayList<>(4);
  final List<Origin> origins = new ArrayList<>(0);
  long firstMicros = Long.MAX_VALUE;
  long lastMicros = Long.MIN_VALUE;

  /** No pick can join any more, and its origins are the last word. */
  boolean settled;

  /** No last word on it is said, and since when: {@link CellMemory}'s book-keeping. */
  boolean waiting;

  long waitingMicros;

  /** Its origins were looked for since it last changed. */
  boolean solved;

  /** Its origins are those that it would be settled with if nothing more came. */
  boolean whole;

  /** Settled with its origins found, so that a pick without one belongs to no sound. */
  boolean judged;

  /** A piece of a longer one that was cut. */
  boolean continued;

  void add(Arrival arrival) {
    members.add(arrival);
    arrival.cluster = this;
    firstMicros = Math.min(firstMicros, arrival.pick.onsetMicros());
    lastMicros = Math.max(lastMicros, arrival.pick.onsetMicros());
    settled = false;
    solved = false;
    whole = false;
  }

  void absorb(Cluster other) {
    other.members.forEach(this::add);
    origins.addAll(other.origins);
    other.origins.forEach(o -> o.cluster = this);
    continued |= other.continued;
    other.members.clear();
    other.origins.clear();
  }
}

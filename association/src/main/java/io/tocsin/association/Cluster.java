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

  /** No last word on it is said, and from when on: {@link CellMemory}'s book-keeping. */
  boolean waiting;

  long waitingMicros;

  /** Its origins were looked for, but for those that {@link #unsearched} picks may belong to. */
  boolean solved;

  /** Picks that came since its origins were looked for, and may belong to one. */
  final List<Arrival> unsearched = new ArrayList<>(0);

  /** Its origins are those that it would be settled with if nothing more came. */
  boolean whole;

  /** How many picks it had when its origins were last found from all of them. */
  int dividedAt;

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

  /** Whether there may be origins in it that were not looked for. */
  boolean mayHaveMore() {
    return !solved || !unsearched.isEmpty();
  }

  void absorb(Cluster other) {
    boolean both = solved && other.solved;
    dividedAt = Math.max(dividedAt, other.dividedAt);
    other.members.forEach(this::add);
    origins.addAll(other.origins);
    other.origins.forEach(o -> o.cluster = this);
    continued |= other.continued;
    solved = both;
    unsearched.addAll(other.unsearched);
    other.unsearched.clear();
    other.members.clear();
    other.origins.clear();
  }
}

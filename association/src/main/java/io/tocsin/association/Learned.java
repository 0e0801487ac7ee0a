package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Collection;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is learned of many things by epochs, and forgotten when it is too old to count for anything:
 * an entry for each, replaced with every new thing that is learned of it.
 */
final class Learned<T> {

  /** What is too old is looked for so many epochs apart: to go through all of it takes long. */
  private static final int FORGET_EVERY = 4;

  private final ToLongFunction<T> key;
  private final ToLongFunction<T> newest;
  private final Long2ObjectOpenHashMap<T> entries = new Long2ObjectOpenHashMap<>();
  private final Touched<Long> touched = new Touched<>();
  private long newestEpoch = Long.MIN_VALUE;
  private long forgottenEpoch = Long.MIN_VALUE;

  /**
   * @param key of an entry
   * @param newest epoch of which it knows anything
   */
  Learned(ToLongFunction<T> key, ToLongFunction<T> newest) {
    this.key = key;
    this.newest = newest;
  }

  @Nullable T get(long key) {
    return entries.get(key);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** An entry in the place of what was known under its key. */
  void put(T entry) {
    restore(entry);
    touched.add(key.applyAsLong(entry));
  }

  /** One that is kept elsewhere as it is. */
  void restore(T entry) {
    entries.put(key.applyAsLong(entry), entry);
    newestEpoch = Math.max(newestEpoch, newest.applyAsLong(entry));
  }

  /** The newest of which anything was ever known; {@link Long#MIN_VALUE}: nothing was. */
  long newestEpoch() {
    return newestEpoch;
  }

  /** Forgets, soon, what knows nothing of {@code epoch} and later; at once if that is all. */
  void forgetBefore(long epoch) {
    boolean all = newestEpoch < epoch;
    if (epoch <= forgottenEpoch || (!all && epoch < forgottenEpoch + FORGET_EVERY)) {
      return;
    }
    forgottenEpoch = epoch;
    entries
        .values()
        .removeIf(
            entry -> {
              boolean old = newest.applyAsLong(entry) < epoch;
              if (old) {
                touched.add(key.applyAsLong(entry));
              }
              return old;
            });
  }

  /** Keys of what was learned or forgotten since {@link #saved}. */
  Collection<Long> touched() {
    return touched.keys();
  }

  void saved() {
    touched.clear();
  }
}

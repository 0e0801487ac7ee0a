package io.tocsin.association;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Keys of what changed since it was last kept. A hash set that once was large takes long to walk
 * through and to clear for ever after, and this one is, for every pick.
 */
final class Touched<K> {

  private static final int MANY = 16;

  private Set<K> keys = new HashSet<>();

  void add(K key) {
    keys.add(key);
  }

  Collection<K> keys() {
    return keys;
  }

  void clear() {
    if (keys.size() > MANY) {
      keys = new HashSet<>();
    } else if (!keys.isEmpty()) {
      keys.clear();
    }
  }
}

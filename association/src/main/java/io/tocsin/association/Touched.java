package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys of what changed since it was last kept, each once. Mostly they are one or two: a hash set
 * for them takes long to fill, to walk through and to clear, and this one is, for every pick.
 */
final class Touched<K> {

  private static final int FEW = 8;

  private final List<K> few = new ArrayList<>(2);
  private @Nullable Set<K> many;

  void add(K key) {
    if (many != null) {
      many.add(key);
    } else if (!few.contains(key)) {
      few.add(key);
      if (few.size() > FEW) {
        many = new HashSet<>(few);
      }
    }
  }

  Collection<K> keys() {
    return many == null ? few : many;
  }

  void clear() {
    few.clear();
    many = null;
  }
}

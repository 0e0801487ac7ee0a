package io.tocsin.association;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Names of what rests on picks, by the picks' ids. */
final class ByPick {

  private final Map<String, Set<String>> names = new HashMap<>();

  void add(String detectionId, String name) {
    names.computeIfAbsent(detectionId, id -> new TreeSet<>()).add(name);
  }

  void remove(String detectionId, String name) {
    Set<String> left = names.get(detectionId);
    if (left != null && left.remove(name) && left.isEmpty()) {
      names.remove(detectionId);
    }
  }

  boolean has(String detectionId) {
    return names.containsKey(detectionId);
  }

  /** In their order. */
  Set<String> of(String detectionId) {
    return names.getOrDefault(detectionId, Set.of());
  }
}

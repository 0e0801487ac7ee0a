package io.tocsin.association;

import java.util.List;
import java.util.Set;

/** A pattern in force, with its labels taken apart. */
record Watch(Pattern pattern, List<Set<String>> slots, Set<String> labels) {

  static Watch of(Pattern pattern) {
    return new Watch(pattern, pattern.wanted(), pattern.everyLabel());
  }
}

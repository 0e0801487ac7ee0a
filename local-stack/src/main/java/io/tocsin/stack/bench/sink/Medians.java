package io.tocsin.stack.bench.sink;

import java.util.List;

/** The middle of repeated measurements. */
final class Medians {

  private Medians() {}

  /**
   * @param values at least one
   */
  static double of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}

package io.tocsin.stack.faults;

import java.util.List;
import java.util.Map;

/**
 * One playing of the load.
 *
 * @param beside sensors that the fault brought along
 * @param seen by row, when it was in the database: microseconds of the load
 * @param stuck what was not right when it should have been, in words
 */
record Played(
    Fault fault,
    Fleet fleet,
    Beside beside,
    Map<String, Long> seen,
    double recoverySeconds,
    List<String> stuck) {

  Played {
    seen = Map.copyOf(seen);
    stuck = List.copyOf(stuck);
  }
}

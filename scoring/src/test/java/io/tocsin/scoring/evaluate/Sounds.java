package io.tocsin.scoring.evaluate;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Judged sounds for tests. */
final class Sounds {

  private Sounds() {}

  static Scored positive(double score) {
    return new Scored(score, true, "p" + score);
  }

  static Scored negative(double score) {
    return new Scored(score, false, "n" + score);
  }

  /** Up to thirty, with many ties, in five groups. */
  static Arbitrary<List<Scored>> any() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 10),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 4))
        .as((tenths, positive, group) -> new Scored(tenths / 10.0, positive, "g" + group))
        .list()
        .ofMaxSize(30);
  }
}

package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.AlertEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * 95 % intervals by resampling (Efron's percentile bootstrap): seeds with replacement, and within
 * each seed its items. Always the same for the same runs.
 */
public final class Bootstrap {

  private static final int RESAMPLES = 1_000;

  /** Bounds of a figure; null where it cannot be computed. */
  public record Interval(@Nullable Double low, @Nullable Double high) {}

  private Bootstrap() {}

  static Interval ofTallies(List<Tally> bySeed, ToDoubleFunction<Tally.Point> figure) {
    List<List<Item>> items = bySeed.stream().map(Bootstrap::items).toList();
    return of(items, sample -> figure.applyAsDouble(tally(sample).whole()));
  }

  static <T> Interval of(List<List<T>> bySeed, ToDoubleFunction<List<T>> figure) {
    SplittableRandom chance = new SplittableRandom(1);
    double[] figures = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      List<T> sample = new ArrayList<>();
      for (int s = 0; s < bySeed.size(); s++) {
        List<T> seed = bySeed.get(chance.nextInt(bySeed.size()));
        for (int i = 0; i < seed.size(); i++) {
          sample.add(seed.get(chance.nextInt(seed.size())));
        }
      }
      figures[r] = figure.applyAsDouble(sample);
    }
    return new Interval(
        Report.known(AlertEvaluation.quantile(figures, 0.025)),
        Report.known(AlertEvaluation.quantile(figures, 0.975)));
  }

  private enum Item {
    RIGHT,
    WRONG,
    MISSED
  }

  private static List<Item> items(Tally tally) {
    List<Item> items = new ArrayList<>();
    tally.found().forEach(s -> items.add(s.right() ? Item.RIGHT : Item.WRONG));
    for (int i = 0; i < tally.missed(); i++) {
      items.add(Item.MISSED);
    }
    return items;
  }

  private static Tally tally(List<Item> items) {
    List<Tally.Scored> found = new ArrayList<>();
    int missed = 0;
    for (Item item : items) {
      if (item == Item.MISSED) {
        missed++;
      } else {
        found.add(new Tally.Scored(0, item == Item.RIGHT));
      }
    }
    return new Tally(found, missed);
  }
}

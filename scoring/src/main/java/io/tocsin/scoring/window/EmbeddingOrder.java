package io.tocsin.scoring.window;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a sensor's embeddings in order and into runs, as {@link WindowCutter} does with its audio. A
 * window that comes before its predecessor waits until that arrives, or until {@link #MOST_EARLY}
 * wait with it; a missing window, or a new boot, ends the run.
 *
 * <p>Pure: state goes in and comes out.
 */
public final class EmbeddingOrder {

  /** Windows that may wait: of 1,024 numbers each they stay under 32 kB. */
  public static final int MOST_EARLY = 12;

  private EmbeddingOrder() {}

  /**
   * What a window brought.
   *
   * @param state to be kept
   * @param windows whose turn it is now
   * @param duplicates windows that had been taken, or wait, already
   * @param gaps runs that ended because a window is missing
   * @param late windows that came after their place had been given up
   */
  public record Step(
      EmbeddingOrderState state, List<OrderedEmbedding> windows, int duplicates, int gaps, int late)
      implements Serializable {}

  /** Takes a window; {@code before} is null for a sensor without state. */
  public static Step accept(@Nullable EmbeddingOrderState before, EmbeddedWindow window) {
    Ordering ordering = new Ordering(before);
    ordering.take(window);
    ordering.release(false);
    return ordering.step();
  }

  /** Gives up waiting: what waits goes on as if the windows before it were lost. */
  public static Step flush(EmbeddingOrderState before) {
    Ordering ordering = new Ordering(before);
    ordering.release(true);
    return ordering.step();
  }

  private static final class Ordering {

    private @Nullable EmbeddingOrderState state;
    private final List<EmbeddedWindow> early;
    private final List<OrderedEmbedding> windows = new ArrayList<>();
    private int duplicates;
    private int gaps;
    private int late;

    Ordering(@Nullable EmbeddingOrderState before) {
      state = before;
      early = before == null ? new ArrayList<>() : new ArrayList<>(before.early());
    }

    Step step() {
      EmbeddingOrderState now = Objects.requireNonNull(state, "a window was taken");
      return new Step(
          new EmbeddingOrderState(
              now.bootId(),
              now.nextSequence(),
              now.runStartMicros(),
              now.runSequence(),
              now.precedingRunMicros(),
              now.precedingRunWindows(),
              List.copyOf(early)),
          List.copyOf(windows),
          duplicates,
          gaps,
          late);
    }

    void take(EmbeddedWindow window) {
      EmbeddingOrderState now = state;
      if (now == null) {
        begin(window);
      } else if (!now.bootId().equals(window.bootId())) {
        release(true);
        begin(window);
      } else if (window.sequence() == now.nextSequence()) {
        follow(now, window);
      } else if (window.sequence() > now.nextSequence()) {
        hold(window);
      } else if (window.sequence() < now.runSequence()) {
        late++;
      } else {
        duplicates++;
      }
    }

    private void hold(EmbeddedWindow window) {
      if (early.stream().anyMatch(e -> e.sequence() == window.sequence())) {
        duplicates++;
        return;
      }
      early.add(window);
      early.sort(Comparator.comparingLong(EmbeddedWindow::sequence));
    }

    void release(boolean all) {
      while (!early.isEmpty()) {
        EmbeddingOrderState now = Objects.requireNonNull(state, "windows wait for one before");
        EmbeddedWindow first = early.get(0);
        boolean itsTurn = first.sequence() == now.nextSequence();
        if (!itsTurn && !all && early.size() <= MOST_EARLY) {
          return;
        }
        early.remove(0);
        if (itsTurn) {
          follow(now, first);
        } else {
          gaps++;
          begin(first);
        }
      }
    }

    private void begin(EmbeddedWindow window) {
      EmbeddingOrderState before = state;
      // Runs are told apart and ordered by their start; a clock set back must not make it an old
      // one.
      long runStartMicros =
          before == null
              ? window.startMicros()
              : Math.max(window.startMicros(), before.runStartMicros() + 1);
      EmbeddingOrderState begun =
          new EmbeddingOrderState(
              window.bootId(),
              window.sequence(),
              runStartMicros,
              window.sequence(),
              before == null ? 0 : before.runStartMicros(),
              before == null ? 0 : before.nextSequence() - before.runSequence(),
              List.of());
      state = begun;
      follow(begun, window);
    }

    private void follow(EmbeddingOrderState now, EmbeddedWindow window) {
      windows.add(
          new OrderedEmbedding(
              window,
              now.runStartMicros(),
              window.sequence() - now.runSequence(),
              now.precedingRunMicros(),
              now.precedingRunWindows()));
      state =
          new EmbeddingOrderState(
              now.bootId(),
              window.sequence() + 1,
              now.runStartMicros(),
              now.runSequence(),
              now.precedingRunMicros(),
              now.precedingRunWindows(),
              List.of());
    }
  }
}

package io.tocsin.scoring.detect;

import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows a sensor's windows in order, whatever order they come in, and makes one detection of each
 * stretch in which a label is on.
 *
 * <p>A label goes on at its on-threshold and off below its off-threshold. Its detection comes out
 * once, as soon as its score has passed a peak: at the window that scores less than the one before,
 * at the window that ends it, or at its third.
 *
 * <p>Pure: state goes in and comes out.
 */
public final class DetectionTracker {

  /** Windows after which a detection comes out even though its score still rises. */
  static final int MOST_WINDOWS = 3;

  /** Windows that may wait for one before them; then that one is given up. */
  static final int MOST_EARLY_WINDOWS = 256;

  /** The state and what came out. */
  public record Step(TrackerState state, List<SoundDetection> detections) implements Serializable {}

  private final ModelBundle bundle;
  private final int[] outputOfLabel;

  public DetectionTracker(ModelBundle bundle) {
    this.bundle = bundle;
    this.outputOfLabel =
        bundle.labels().stream().mapToInt(l -> bundle.outputs().indexOf(l.name())).toArray();
  }

  /** Takes a window; {@code before} is null for a sensor without state. */
  public Step accept(@Nullable TrackerState before, ScoredWindow window) {
    Tracking tracking = new Tracking(before, window);
    tracking.take(window);
    tracking.releaseEarly(false);
    return tracking.step();
  }

  /** Gives up waiting for windows that will not come, and ends what is on. */
  public Step flush(TrackerState before) {
    Tracking tracking = new Tracking(before, null);
    tracking.releaseEarly(true);
    tracking.endAll();
    return tracking.step();
  }

  private final class Tracking {

    private long runStartMicros;
    private long nextIndex;
    private final List<ScoredWindow> early;
    private @Nullable ScoredWindow previous;
    private List<TrackerState.Sounding> sounding;
    private final List<SoundDetection> detections = new ArrayList<>();

    Tracking(@Nullable TrackerState before, @Nullable ScoredWindow first) {
      if (before == null) {
        runStartMicros = first == null ? 0 : first.runStartMicros();
        nextIndex = 0;
        early = new ArrayList<>();
        sounding = new ArrayList<>();
      } else {
        runStartMicros = before.runStartMicros();
        nextIndex = before.nextIndex();
        early = new ArrayList<>(before.early());
        previous = before.previous();
        sounding = new ArrayList<>(before.sounding());
      }
    }

    Step step() {
      return new Step(
          new TrackerState(
              runStartMicros, nextIndex, List.copyOf(early), previous, List.copyOf(sounding)),
          List.copyOf(detections));
    }

    void take(ScoredWindow window) {
      boolean past =
          window.runStartMicros() < runStartMicros
              || (window.runStartMicros() == runStartMicros && window.index() < nextIndex);
      if (past) {
        return;
      }
      if (window.runStartMicros() == runStartMicros && window.index() == nextIndex) {
        follow(window);
      } else if (early.stream().noneMatch(e -> isSame(e, window))) {
        early.add(window);
        early.sort(
            Comparator.comparingLong(ScoredWindow::runStartMicros)
                .thenComparingLong(ScoredWindow::index));
      }
    }

    private static boolean isSame(ScoredWindow a, ScoredWindow b) {
      return a.runStartMicros() == b.runStartMicros() && a.index() == b.index();
    }

    void releaseEarly(boolean all) {
      while (!early.isEmpty()) {
        ScoredWindow first = early.get(0);
        boolean next = first.runStartMicros() == runStartMicros && first.index() == nextIndex;
        // Windows of a new run come behind all of the old one from the cutter, and scoring changes
        // their order by a queue's length at the most.
        boolean newRun =
            first.runStartMicros() > runStartMicros
                && first.index() == 0
                && early.size() >= MOST_WINDOWS;
        if (!(next || newRun || all || early.size() > MOST_EARLY_WINDOWS)) {
          return;
        }
        early.remove(0);
        if (first.runStartMicros() != runStartMicros) {
          endAll();
          previous = null;
          runStartMicros = first.runStartMicros();
        }
        follow(first);
      }
    }

    private void follow(ScoredWindow window) {
      nextIndex = window.index() + 1;
      if (window.scores().length > 0) {
        List<TrackerState.Sounding> still = new ArrayList<>();
        for (int i = 0; i < bundle.labels().size(); i++) {
          LabelSpec label = bundle.labels().get(i);
          TrackerState.Sounding now =
              heard(label, window.scores()[outputOfLabel[i]], sounding(label.name()), window);
          if (now != null) {
            still.add(now);
          }
        }
        sounding = still;
      }
      previous = window;
    }

    private TrackerState.@Nullable Sounding sounding(String label) {
      for (TrackerState.Sounding one : sounding) {
        if (one.label().equals(label)) {
          return one;
        }
      }
      return null;
    }

    private TrackerState.@Nullable Sounding heard(
        LabelSpec label, float score, TrackerState.@Nullable Sounding was, ScoredWindow window) {
      if (was == null) {
        if (score < label.onThreshold()) {
          return null;
        }
        TrackerState.Sounding begun =
            new TrackerState.Sounding(
                label.name(),
                1,
                score,
                score,
                stronger(previous == null ? null : previous.onset(), window.onset()),
                window.levelDbfs(),
                window.endMicros(),
                previous == null ? window.firstSequence() : previous.firstSequence(),
                window.lastSequence(),
                false);
        return begun;
      }
      if (score < label.offThreshold()) {
        emit(label, was, window);
        return null;
      }
      boolean rising = score > was.lastScore();
      TrackerState.Sounding is =
          new TrackerState.Sounding(
              was.label(),
              was.windows() + 1,
              Math.max(score, was.bestScore()),
              score,
              was.emitted() ? was.bestOnset() : stronger(was.bestOnset(), window.onset()),
              Math.max(was.levelDbfs(), window.levelDbfs()),
              window.endMicros(),
              was.firstSequence(),
              window.lastSequence(),
              was.emitted());
      if (rising && is.windows() < MOST_WINDOWS) {
        return is;
      }
      return emit(label, is, window);
    }

    private TrackerState.Sounding emit(
        LabelSpec label, TrackerState.Sounding of, ScoredWindow window) {
      if (of.emitted() || of.windows() < label.minimumWindows()) {
        return of;
      }
      Onset onset = of.bestOnset();
      detections.add(
          new SoundDetection(
              Digests.id(window.sensorId(), label.name(), onset.atMicros(), bundle.ref().digest()),
              window.sensorId(),
              label.name(),
              label.calibration().probability(of.bestScore()),
              of.bestScore(),
              onset.atMicros(),
              onset.sigmaMicros(),
              Math.max(of.endMicros(), onset.atMicros()),
              of.levelDbfs(),
              window.bootId(),
              of.firstSequence(),
              of.lastSequence(),
              window.clockSource(),
              window.clockUncertaintyMicros()));
      return new TrackerState.Sounding(
          of.label(),
          of.windows(),
          of.bestScore(),
          of.lastScore(),
          onset,
          of.levelDbfs(),
          of.endMicros(),
          of.firstSequence(),
          of.lastSequence(),
          true);
    }

    void endAll() {
      ScoredWindow last = previous;
      if (last != null) {
        for (TrackerState.Sounding one : sounding) {
          bundle.labels().stream()
              .filter(l -> l.name().equals(one.label()))
              .forEach(label -> emit(label, one, last));
        }
      }
      sounding = new ArrayList<>();
    }
  }

  private static Onset stronger(@Nullable Onset a, Onset b) {
    return a != null && a.strengthDecibels() >= b.strengthDecibels() ? a : b;
  }
}

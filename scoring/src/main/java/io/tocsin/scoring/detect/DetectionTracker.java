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
 * at the window that ends it, or at its third. Stretches with at most a label's {@code
 * mergeWindows} between them are one.
 *
 * <p>A run follows another once all windows of the one before have been taken: a run's windows say
 * how many those are, so that scoring may answer in any order.
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
    tracking.settled = true;
    return tracking.step();
  }

  private final class Tracking {

    private long runStartMicros;
    private long nextIndex;
    private boolean settled;
    private final List<ScoredWindow> early;
    private @Nullable ScoredWindow previous;
    private List<TrackerState.Sounding> sounding;
    private final List<SoundDetection> detections = new ArrayList<>();

    Tracking(@Nullable TrackerState kept, @Nullable ScoredWindow first) {
      // A job may go on with another bundle than the one it was stopped with.
      TrackerState before = kept == null ? null : kept.of(bundle.outputs());
      if (before == null) {
        runStartMicros = first == null ? 0 : firstRun(first);
        nextIndex = 0;
        early = new ArrayList<>();
        sounding = new ArrayList<>();
      } else {
        runStartMicros = before.runStartMicros();
        nextIndex = before.nextIndex();
        settled = before.settled();
        early = new ArrayList<>(before.early());
        previous = before.previous();
        sounding = new ArrayList<>(before.sounding());
      }
    }

    /** The oldest run that {@code window} knows of. */
    private static long firstRun(ScoredWindow window) {
      return window.precedingRunWindows() > 0
          ? window.precedingRunMicros()
          : window.runStartMicros();
    }

    Step step() {
      return new Step(
          new TrackerState(
              bundle.outputs(),
              runStartMicros,
              nextIndex,
              settled,
              List.copyOf(early),
              previous,
              List.copyOf(sounding)),
          List.copyOf(detections));
    }

    void take(ScoredWindow window) {
      boolean nothingTaken = previous == null && nextIndex == 0;
      if (nothingTaken) {
        runStartMicros = Math.min(runStartMicros, firstRun(window));
      } else if (settled && begins(window) && window.runStartMicros() != runStartMicros) {
        // The sensor was forgotten in its silence; its clock may have been set back since.
        begin(window);
      }
      settled = false;
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
        if (!(next || follows(first) || all || early.size() > MOST_EARLY_WINDOWS)) {
          return;
        }
        early.remove(0);
        if (first.runStartMicros() != runStartMicros) {
          begin(first);
        }
        follow(first);
      }
    }

    /** Whether the window is the first of a run before which there is nothing to wait for. */
    private static boolean begins(ScoredWindow window) {
      return window.index() == 0 && window.precedingRunWindows() == 0;
    }

    /** Whether the window is the first behind all of the run that is being followed. */
    private boolean follows(ScoredWindow window) {
      boolean ended =
          window.precedingRunMicros() == runStartMicros
              && nextIndex >= window.precedingRunWindows();
      return window.runStartMicros() > runStartMicros
          && window.index() == 0
          && (ended || begins(window));
    }

    private void begin(ScoredWindow window) {
      endAll();
      previous = null;
      runStartMicros = window.runStartMicros();
      nextIndex = 0;
    }

    private void follow(ScoredWindow window) {
      nextIndex = window.index() + 1;
      if (window.scores().length > 0) {
        List<TrackerState.Sounding> still = new ArrayList<>();
        for (int i = 0; i < bundle.labels().size(); i++) {
          LabelSpec label = bundle.labels().get(i);
          TrackerState.Sounding now = heard(i, sounding(label.name()), window);
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
        int index, TrackerState.@Nullable Sounding was, ScoredWindow window) {
      LabelSpec label = bundle.labels().get(index);
      float score = window.scores()[outputOfLabel[index]];
      float[] second = window.secondScores();
      // The second bundle may not know the label.
      Float secondScore =
          second == null || Float.isNaN(second[index]) ? null : (Float) second[index];
      if (was == null) {
        return score < label.onThreshold() ? null : begun(label, score, secondScore, window);
      }
      boolean resumes = was.quietWindows() == 0 || score >= label.onThreshold();
      if (score < label.offThreshold() || !resumes) {
        TrackerState.Sounding quiet = was.quieter(score);
        boolean over = quiet.quietWindows() > label.mergeWindows();
        boolean enough = was.windows() >= label.minimumWindows();
        TrackerState.Sounding said = over || enough ? emit(label, quiet, window) : quiet;
        return over ? null : said;
      }
      TrackerState.Sounding is =
          was.louder(
              score,
              highest(was.secondScore(), secondScore),
              was.emitted() ? was.bestOnset() : stronger(was.bestOnset(), window.onset()),
              window);
      boolean rising = score > was.lastScore();
      return rising && is.windows() < MOST_WINDOWS ? is : emit(label, is, window);
    }

    private TrackerState.Sounding begun(
        LabelSpec label, float score, @Nullable Float secondScore, ScoredWindow window) {
      ScoredWindow before = previous;
      return new TrackerState.Sounding(
          label.name(),
          1,
          0,
          score,
          score,
          secondScore,
          stronger(before == null ? null : before.onset(), window.onset()),
          window.levelDbfs(),
          window.endMicros(),
          before == null ? window.firstSequence() : before.firstSequence(),
          window.lastSequence(),
          false);
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
              of.secondScore(),
              onset.atMicros(),
              onset.sigmaMicros(),
              Math.max(of.endMicros(), onset.atMicros()),
              of.levelDbfs(),
              window.bootId(),
              of.firstSequence(),
              of.lastSequence(),
              window.clockSource(),
              window.clockUncertaintyMicros(),
              window.storedMillis()));
      return of.said();
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

  private static @Nullable Float highest(@Nullable Float a, @Nullable Float b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.max(a, b);
  }
}

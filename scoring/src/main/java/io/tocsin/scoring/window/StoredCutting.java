package io.tocsin.scoring.window;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a {@link StoredCutter}, from state to state. */
final class StoredCutting {

  private final Cutting.Bounds bounds;
  private final List<CutterState> ends;
  private final List<RunHead> heads;
  private final List<StoredLane.Covered> covered;
  private StoredLane.Passage passage;
  private final List<AudioWindow> windows = new ArrayList<>();
  private int duplicates;
  private int givenUp;

  StoredCutting(Cutting.Bounds bounds, @Nullable StoredLane kept) {
    StoredLane before = kept == null ? StoredLane.EMPTY : kept;
    this.bounds = bounds;
    this.ends = new ArrayList<>(before.ends());
    this.heads = new ArrayList<>(before.heads());
    this.covered = new ArrayList<>(before.covered());
    this.passage = before.passage();
  }

  StoredCutter.Step step() {
    dropEdges();
    return new StoredCutter.Step(
        new StoredLane(List.copyOf(ends), List.copyOf(heads), List.copyOf(covered), passage),
        List.copyOf(windows),
        duplicates,
        givenUp);
  }

  void take(@Nullable CutterState live, FrameAudio frame) {
    if ((live != null && live.has(frame)) || covered.stream().anyMatch(c -> c.has(frame))) {
      duplicates++;
      return;
    }
    cover(new StoredLane.Covered(frame.bootId(), frame.sequence(), frame.sequence() + 1));
    if (frame.sequence() == 0) {
      endBoot();
    }
    if (!passage.goesOnWith(frame)) {
      passage = passage.next();
    }
    CutterState end = removeEndBefore(frame);
    Cutting cutting = new Cutting(bounds, end);
    if (end == null) {
      cutting.begin(frame);
    } else {
      cutting.append(frame);
    }
    settle(taken(cutting));
  }

  /** The store keeps the order of capture: behind the newest end its boot has no frame more. */
  private void endBoot() {
    CutterState newest = ends.isEmpty() ? null : ends.get(ends.size() - 1);
    if (newest != null && passage.endsWith(newest)) {
      ends.remove(newest);
      if (newest.head() != null) {
        heads.add(newest.head());
      }
    }
  }

  /** Live audio whose next frame is missing. */
  void leaveEnd(CutterState end) {
    cover(new StoredLane.Covered(end.bootId(), end.firstSequence(), end.nextSequence()));
    settle(end);
  }

  /** Live audio whose frame before is missing. */
  void leaveHead(RunHead head) {
    heads.add(head);
    for (CutterState end : List.copyOf(ends)) {
      if (head.startsBehind(end)) {
        ends.remove(end);
        settle(end);
      }
    }
  }

  private @Nullable CutterState removeEndBefore(FrameAudio frame) {
    for (CutterState end : ends) {
      if (end.continuesWith(frame)) {
        ends.remove(end);
        return end;
      }
    }
    return null;
  }

  /** Joins an end to what is known to follow it; else it is kept. */
  private void settle(CutterState end) {
    for (RunHead head : heads) {
      if (head.startsBehind(end)) {
        heads.remove(head);
        join(end, head);
        return;
      }
    }
    for (CutterState other : ends) {
      RunHead short1 = other.head();
      if (short1 != null && short1.startsBehind(end)) {
        ends.remove(other);
        goOnFrom(end);
        Cutting cutting = new Cutting(bounds, end);
        cutting.append(short1.audio());
        settle(taken(cutting).upTo(other.nextSequence()));
        return;
      }
    }
    ends.add(end);
  }

  /** The windows that begin before a hole's far edge and end behind it. */
  private void join(CutterState end, RunHead head) {
    goOnFrom(end);
    Cutting cutting = new Cutting(bounds, end);
    cutting.append(head.audio());
    CutterState joined = taken(cutting, head.lastSequence());
    if (joined.head() != null) {
      // All that there is between two holes.
      heads.add(joined.head());
    }
  }

  private void goOnFrom(CutterState end) {
    if (!passage.endsWith(end)) {
      passage = passage.next();
    }
  }

  private CutterState taken(Cutting cutting) {
    return taken(cutting, -1);
  }

  /**
   * @param lastSequence of the frames that the newest samples come from; -1 where it is the frame's
   */
  private CutterState taken(Cutting cutting, long lastSequence) {
    CutResult result = cutting.result();
    for (AudioWindow window : result.windows()) {
      passage = passage.with(window);
      windows.add(
          window.stored(
              passage.nameMicros(),
              passage.windows() - 1,
              passage.precedingMicros(),
              passage.precedingWindows(),
              Math.max(lastSequence, window.lastSequence())));
    }
    heads.addAll(result.heads());
    passage = passage.upTo(result.state().bootId(), result.state().nextSequence());
    return result.state();
  }

  private void cover(StoredLane.Covered more) {
    StoredLane.Covered whole = more;
    for (StoredLane.Covered one : List.copyOf(covered)) {
      if (one.touches(whole)) {
        covered.remove(one);
        whole = whole.with(one);
      }
    }
    covered.add(whole);
    if (covered.size() > StoredLane.MOST_COVERED) {
      covered.remove(0);
    }
  }

  private void dropEdges() {
    while (StoredLane.edges(ends, heads) > StoredLane.MOST_EDGES) {
      // What was touched last is where the sensor sends on.
      if (ends.size() > 1) {
        ends.remove(0);
      } else {
        heads.remove(0);
      }
      givenUp++;
    }
  }
}

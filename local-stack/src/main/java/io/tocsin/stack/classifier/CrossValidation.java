package io.tocsin.stack.classifier;

import io.tocsin.stack.classifier.HeadTraining.Lesson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What heads hear in clips that they have not seen: each fold's clips by a head that was trained on
 * the other folds. No source group is on both sides.
 *
 * @param heard clips of all folds
 * @param notHeard folds in which a label could not be learnt from the others, and why
 */
record CrossValidation(List<ScoredClip> heard, List<String> notHeard) {

  static CrossValidation of(
      List<Lessons> clips,
      Map<String, Integer> foldOf,
      int folds,
      List<String> labels,
      HeadTraining training) {
    List<ScoredClip> heard = new ArrayList<>();
    List<String> notHeard = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      int out = fold;
      LinearHead head = null;
      try {
        head =
            training.head(
                lessons(clips.stream().filter(c -> at(foldOf, c) != out).toList()), labels);
      } catch (IllegalArgumentException e) {
        notHeard.add("fold " + (fold + 1) + ": " + e.getMessage());
      }
      heard.addAll(heard(clips.stream().filter(c -> at(foldOf, c) == out).toList(), head));
    }
    return new CrossValidation(List.copyOf(heard), List.copyOf(notHeard));
  }

  private static List<ScoredClip> heard(List<Lessons> clips, @Nullable LinearHead head) {
    return head == null ? List.of() : clips.stream().map(c -> c.heard(head)).toList();
  }

  private static int at(Map<String, Integer> foldOf, Lessons clip) {
    return foldOf.getOrDefault(clip.clip().group(), 0);
  }

  /** All that the clips teach, in their order. */
  static List<Lesson> lessons(List<Lessons> clips) {
    return clips.stream().flatMap(c -> c.lessons().stream()).toList();
  }
}

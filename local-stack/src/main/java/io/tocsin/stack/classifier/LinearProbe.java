package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.classifier.HeadTraining.Lesson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a backbone's embeddings are worth: the accuracy of a multinomial logistic regression on the
 * mean embedding of a clip, by folds that the index itself names, as benchmarks such as ESC-50 want
 * it (Piczak 2015). Labels that one fold alone holds cannot be judged and are left out.
 */
final class LinearProbe {

  private static final int EPOCHS = 60;
  private static final double LEARNING_RATE = 0.05;
  private static final int MINIBATCH = 16;

  private LinearProbe() {}

  /** A clip's mean embedding, its label and its fold. */
  private record Point(float[] embedding, String label, String fold, String group) {}

  /**
   * Accuracy over all folds, and of each.
   *
   * @throws IllegalArgumentException if the column names fewer than two folds
   */
  static ObjectNode run(ModelBundle bundle, List<IndexedClip> clips, String column, long seed)
      throws InterruptedException {
    List<Point> points = judged(points(bundle, clips, column));
    Set<String> folds = new TreeSet<>();
    points.forEach(p -> folds.add(p.fold()));
    if (folds.size() < 2) {
      throw new IllegalArgumentException(
          "column "
              + column
              + " has folds "
              + folds
              + " with labels that another fold holds too; two at least are wanted");
    }
    HeadTraining training = new HeadTraining(EPOCHS, LEARNING_RATE, MINIBATCH, seed);
    ObjectNode node = new ObjectMapper().createObjectNode();
    ObjectNode byFold = new ObjectMapper().createObjectNode();
    int right = 0;
    for (String fold : folds) {
      List<Point> asked = points.stream().filter(p -> p.fold().equals(fold)).toList();
      List<Lesson> lessons =
          points.stream()
              .filter(p -> !p.fold().equals(fold))
              .map(p -> new Lesson(p.embedding(), p.label()))
              .toList();
      List<String> answers =
          training.classes(lessons, asked.stream().map(Point::embedding).toList());
      int rightHere = 0;
      for (int i = 0; i < asked.size(); i++) {
        rightHere += answers.get(i).equals(asked.get(i).label()) ? 1 : 0;
      }
      right += rightHere;
      byFold
          .putObject(fold)
          .put("n", asked.size())
          .put("accuracy", (double) rightHere / asked.size());
    }
    node.put("column", column).put("n", points.size());
    node.put("labels", points.stream().map(Point::label).distinct().count());
    node.put("accuracy", (double) right / points.size());
    node.put("sourcesInSeveralFolds", split(points));
    node.set("folds", byFold);
    return node;
  }

  private static List<Point> points(ModelBundle bundle, List<IndexedClip> clips, String column)
      throws InterruptedException {
    List<Point> points = new ArrayList<>();
    try (Embedder embedder = new Embedder(bundle)) {
      for (IndexedClip clip : clips) {
        if (clip.column(column).isEmpty()) {
          continue;
        }
        EmbeddedClip embedded = embedder.embed(clip, AudioFiles.read(clip.file()));
        if (!embedded.windows().isEmpty()) {
          points.add(new Point(mean(embedded), clip.label(), clip.column(column), clip.group()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return points;
  }

  /** Those with a label that two folds at least hold. */
  private static List<Point> judged(List<Point> points) {
    Map<String, Set<String>> foldsOf = new HashMap<>();
    points.forEach(p -> foldsOf.computeIfAbsent(p.label(), l -> new HashSet<>()).add(p.fold()));
    return points.stream()
        .filter(p -> foldsOf.getOrDefault(p.label(), Set.of()).size() > 1)
        .toList();
  }

  private static long split(List<Point> points) {
    Map<String, Set<String>> foldsOf = new TreeMap<>();
    points.forEach(p -> foldsOf.computeIfAbsent(p.group(), g -> new HashSet<>()).add(p.fold()));
    return foldsOf.values().stream().filter(f -> f.size() > 1).count();
  }

  /** Over the windows that hold the sound. */
  private static float[] mean(EmbeddedClip clip) {
    float[] sum = new float[clip.windows().get(0).length];
    int count = 0;
    for (int window = 0; window < clip.windows().size(); window++) {
      if (clip.isActive(window)) {
        count++;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += clip.windows().get(window)[i];
        }
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= count;
    }
    return sum;
  }
}

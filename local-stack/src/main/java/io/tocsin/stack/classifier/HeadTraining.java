package io.tocsin.stack.classifier;

import com.oracle.labs.mlrg.olcut.util.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.multilabel.MultiLabel;
import org.tribuo.multilabel.MultiLabelFactory;
import org.tribuo.multilabel.sgd.linear.LinearSGDModel;
import org.tribuo.multilabel.sgd.linear.LinearSGDTrainer;
import org.tribuo.multilabel.sgd.objectives.BinaryCrossEntropy;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Trains linear models on standardised embeddings with Tribuo's stochastic gradient descent
 * (AdaGrad, Duchi, Hazan and Singer 2011). Same lessons in the same order and same seed, same
 * model.
 *
 * @param epochs times that every lesson is seen
 * @param learningRate AdaGrad's initial one
 * @param minibatch lessons in a step
 * @param seed of the order in which lessons are seen
 */
record HeadTraining(int epochs, double learningRate, int minibatch, long seed) {

  /** A rare label's lessons weigh more, up to so many times. */
  private static final double MOST_WEIGHT = 10;

  private static final double EPSILON = 0.1;
  private static final int NO_LOGGING = -1;

  /** Tribuo's logger, held so that its level stays. */
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  static {
    TRIBUO.setLevel(Level.WARNING);
  }

  HeadTraining {
    if (epochs < 1 || minibatch < 1 || !(learningRate > 0)) {
      throw new IllegalArgumentException(
          "epochs "
              + epochs
              + ", minibatch "
              + minibatch
              + ", learning rate "
              + learningRate
              + ": all are to be above 0");
    }
  }

  /** An embedding and the label it teaches; null for background. */
  record Lesson(float[] embedding, @Nullable String label) {}

  /**
   * A head of these labels: they do not compete, so that two may be heard at once.
   *
   * @throws IllegalArgumentException if a label has no lesson, or all lessons are one label's
   */
  LinearHead head(List<Lesson> lessons, List<String> labels) {
    Map<String, Integer> counts = new HashMap<>();
    lessons.forEach(l -> counts.merge(l.label() == null ? "" : l.label(), 1, Integer::sum));
    for (String label : labels) {
      int count = counts.getOrDefault(label, 0);
      if (count == 0 || count == lessons.size()) {
        throw new IllegalArgumentException(
            "label "
                + label
                + " has "
                + count
                + " of "
                + lessons.size()
                + " windows to learn from; some with and some without it are wanted");
      }
    }
    Standardising standardising =
        Standardising.of(lessons.stream().map(Lesson::embedding).toList());
    MutableDataset<MultiLabel> lessonsOfTribuo = dataset(new MultiLabelFactory());
    String[] names = names(lessons.get(0).embedding().length);
    for (Lesson lesson : lessons) {
      String label = lesson.label();
      Set<Label> truth = label == null ? Set.of() : Set.of(new Label(label));
      ArrayExample<MultiLabel> example =
          new ArrayExample<>(new MultiLabel(truth), names, standardising.of(lesson.embedding()));
      if (label != null) {
        int count = counts.getOrDefault(label, 0);
        example.setWeight((float) Math.min(MOST_WEIGHT, (double) (lessons.size() - count) / count));
      }
      lessonsOfTribuo.add(example);
    }
    LinearSGDModel model =
        new LinearSGDTrainer(
                new BinaryCrossEntropy(),
                new AdaGrad(learningRate, EPSILON),
                epochs,
                NO_LOGGING,
                minibatch,
                seed)
            .train(lessonsOfTribuo);
    Map<String, Integer> rows = new HashMap<>();
    for (Pair<Integer, MultiLabel> id : model.getOutputIDInfo()) {
      rows.put(id.getB().getLabelString(), id.getA());
    }
    return head(labels, rows, model.getWeightsCopy(), standardising);
  }

  /** Takes the standardising into the weights. Tribuo's last column is the bias. */
  private static LinearHead head(
      List<String> labels, Map<String, Integer> rows, DenseMatrix learned, Standardising by) {
    int dimension = by.mean().length;
    float[][] weights = new float[labels.size()][dimension];
    float[] bias = new float[labels.size()];
    for (int label = 0; label < labels.size(); label++) {
      Integer row = rows.get(labels.get(label));
      if (row == null) {
        throw new IllegalStateException(
            "Tribuo's model knows " + rows.keySet() + ", not " + labels.get(label));
      }
      double offset = learned.get(row, dimension);
      for (int i = 0; i < dimension; i++) {
        double weight = learned.get(row, i) / by.deviation()[i];
        weights[label][i] = (float) weight;
        offset -= weight * by.mean()[i];
      }
      bias[label] = (float) offset;
    }
    return new LinearHead(labels, weights, bias);
  }

  /**
   * What {@code asked} are, after {@code lessons}: one label each, the most likely.
   *
   * @param lessons with a label each
   */
  List<String> classes(List<Lesson> lessons, List<float[]> asked) {
    Standardising standardising =
        Standardising.of(lessons.stream().map(Lesson::embedding).toList());
    MutableDataset<Label> lessonsOfTribuo = dataset(new LabelFactory());
    String[] names = names(lessons.get(0).embedding().length);
    for (Lesson lesson : lessons) {
      String label = String.valueOf(lesson.label());
      lessonsOfTribuo.add(
          new ArrayExample<>(new Label(label), names, standardising.of(lesson.embedding())));
    }
    var model =
        new org.tribuo.classification.sgd.linear.LinearSGDTrainer(
                new LogMulticlass(),
                new AdaGrad(learningRate, EPSILON),
                epochs,
                NO_LOGGING,
                minibatch,
                seed)
            .train(lessonsOfTribuo);
    List<String> answers = new ArrayList<>(asked.size());
    for (float[] embedding : asked) {
      ArrayExample<Label> question =
          new ArrayExample<>(LabelFactory.UNKNOWN_LABEL, names, standardising.of(embedding));
      answers.add(model.predict(question).getOutput().getLabel());
    }
    return answers;
  }

  private static <T extends Output<T>> MutableDataset<T> dataset(OutputFactory<T> factory) {
    return new MutableDataset<>(new SimpleDataSourceProvenance("embeddings", factory), factory);
  }

  /** Tribuo numbers features by the alphabet: all names are of one length. */
  private static String[] names(int dimension) {
    return IntStream.range(0, dimension)
        .mapToObj(i -> String.format(Locale.ROOT, "e%06d", i))
        .toArray(String[]::new);
  }
}

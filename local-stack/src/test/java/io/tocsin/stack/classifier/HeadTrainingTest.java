package io.tocsin.stack.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tocsin.scoring.evaluate.Ranking;
import io.tocsin.scoring.evaluate.Scored;
import io.tocsin.stack.classifier.HeadTraining.Lesson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadTrainingTest {

  private static final HeadTraining TRAINING = new HeadTraining(10, 0.05, 8, 5);
  private static final int DIMENSION = 12;

  /** Glass lifts the third number, a cry the eighth; background neither. */
  private static List<Lesson> lessons() {
    Random random = new Random(2);
    List<Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      float[] embedding = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        embedding[j] = (float) (100 + random.nextGaussian());
      }
      String label = i % 10 == 0 ? "glass" : i % 10 == 1 ? "cry" : null;
      if (label != null) {
        embedding[label.equals("glass") ? 2 : 7] += 6;
      }
      lessons.add(new Lesson(embedding, label));
    }
    return lessons;
  }

  @Test
  void eachLabelIsTheOutputOfItsNameWhateverTheOrder() {
    for (List<String> labels : List.of(List.of("glass", "cry"), List.of("cry", "glass"))) {
      LinearHead head = TRAINING.head(lessons(), labels);
      for (int output = 0; output < 2; output++) {
        String label = labels.get(output);
        List<Scored> scored = new ArrayList<>();
        for (Lesson lesson : lessons()) {
          float score = head.scores(lesson.embedding())[output];
          scored.add(new Scored(score, label.equals(lesson.label()), ""));
        }
        assertThat(Ranking.auc(scored)).as(label + " of " + labels).isGreaterThan(0.99);
      }
    }
  }

  @Test
  void theOnnxModelGivesTheSameScores() throws OrtException {
    LinearHead head = TRAINING.head(lessons(), List.of("glass", "cry"));
    float[][] embeddings = new float[20][];
    for (int i = 0; i < embeddings.length; i++) {
      embeddings[i] = lessons().get(i).embedding();
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(head.onnx());
        OnnxTensor input = OnnxTensor.createTensor(environment, embeddings);
        OrtSession.Result result = session.run(Map.of(LinearHead.INPUT, input))) {
      float[][] scores = (float[][]) result.get(LinearHead.OUTPUT).orElseThrow().getValue();
      for (int i = 0; i < embeddings.length; i++) {
        assertThat(scores[i]).containsExactly(head.scores(embeddings[i]), within(1e-4f));
      }
    }
  }

  @Test
  void theSameLessonsMakeTheSameBytes() {
    assertThat(TRAINING.head(lessons(), List.of("glass", "cry")).onnx())
        .isEqualTo(TRAINING.head(lessons(), List.of("glass", "cry")).onnx());
    assertThat(new HeadTraining(10, 0.05, 8, 6).head(lessons(), List.of("glass", "cry")).onnx())
        .isNotEqualTo(TRAINING.head(lessons(), List.of("glass", "cry")).onnx());
  }

  @Test
  void aLabelWithoutLessonsIsRefused() {
    assertThatThrownBy(() -> TRAINING.head(lessons(), List.of("siren")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label siren has 0 of 600 windows");
  }

  @Test
  void classesAreToldApart() {
    List<Lesson> lessons = lessons().stream().filter(l -> l.label() != null).toList();
    List<float[]> asked = lessons.subList(0, 40).stream().map(Lesson::embedding).toList();
    List<String> wanted = lessons.subList(0, 40).stream().map(l -> "" + l.label()).toList();
    assertThat(TRAINING.classes(lessons, asked)).isEqualTo(wanted);
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new HeadTraining(0, 0.1, 1, 1)).hasMessageContaining("epochs 0");
    assertThatThrownBy(() -> new HeadTraining(1, 0, 1, 1)).hasMessageContaining("rate 0.0");
  }
}

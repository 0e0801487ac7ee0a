package io.tocsin.scoring.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What was heard in a file, as text for people or as JSON for programs. */
record ScoreReport(ModelBundle bundle, String file, double seconds, ClipScorer.Heard heard) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MICROS_PER_SECOND = 1e6;

  /** Some lines: the file, its windows with their {@code top} highest outputs, its detections. */
  String text(int top) {
    StringBuilder text = new StringBuilder();
    line(text, "%s  %.2f s, %d windows, %s", file, seconds, heard.windows().size(), bundle.ref());
    for (ScoredWindow window : heard.windows()) {
      StringBuilder outputs = new StringBuilder();
      for (int output : highest(window, top)) {
        outputs.append(
            String.format(
                Locale.ROOT, "  %s %.3f", bundle.outputs().get(output), window.scores()[output]));
      }
      line(
          text,
          "  window %8.2f s  %6.1f dBFS%s",
          inSeconds(window.startMicros()),
          window.levelDbfs(),
          outputs);
    }
    for (SoundDetection detection : heard.detections()) {
      line(
          text,
          "  detection %s at %.3f s ± %.3f s, probability %.3f",
          detection.label(),
          inSeconds(detection.onsetMicros()),
          inSeconds(detection.onsetSigmaMicros()),
          detection.probability());
    }
    return text.toString();
  }

  /** One line of JSON; scores hold the {@code top} highest outputs, highest first. */
  String json(int top) {
    ObjectNode root = JSON.createObjectNode();
    root.put("file", file).put("seconds", seconds);
    root.putObject("model")
        .put("id", bundle.ref().id())
        .put("version", bundle.ref().version())
        .put("digest", bundle.ref().digest());
    ArrayNode windows = root.putArray("windows");
    for (ScoredWindow window : heard.windows()) {
      ObjectNode node = windows.addObject();
      node.put("startSeconds", inSeconds(window.startMicros()));
      node.put("endSeconds", inSeconds(window.endMicros()));
      node.put("levelDbfs", window.levelDbfs());
      ObjectNode scores = node.putObject("scores");
      for (int output : highest(window, top)) {
        scores.put(bundle.outputs().get(output), window.scores()[output]);
      }
    }
    ArrayNode detections = root.putArray("detections");
    for (SoundDetection detection : heard.detections()) {
      detections
          .addObject()
          .put("label", detection.label())
          .put("onsetSeconds", inSeconds(detection.onsetMicros()))
          .put("onsetSigmaSeconds", inSeconds(detection.onsetSigmaMicros()))
          .put("endSeconds", inSeconds(detection.endMicros()))
          .put("probability", detection.probability())
          .put("score", detection.score())
          .put("levelDbfs", detection.levelDbfs());
    }
    return root.toString();
  }

  private static List<Integer> highest(ScoredWindow window, int top) {
    return IntStream.range(0, window.scores().length)
        .boxed()
        .sorted(Comparator.comparingDouble(output -> -window.scores()[output]))
        .limit(top)
        .toList();
  }

  private static double inSeconds(long micros) {
    return micros / MICROS_PER_SECOND;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}

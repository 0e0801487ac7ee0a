package io.tocsin.stack.classifier;

import ai.onnx.proto.OnnxMl;
import java.util.List;
import java.util.Map;
import org.tribuo.Tribuo;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXInitializer;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;

/**
 * One logistic regression a label on an embedding: scores = sigmoid(embedding · weights + bias).
 *
 * @param weights a row for each label
 * @param bias one for each label
 */
record LinearHead(List<String> labels, float[][] weights, float[] bias) {

  /** Names of the graph's input and output. */
  static final String INPUT = "embedding";

  static final String OUTPUT = "scores";

  private static final int IR_VERSION = 8;

  /** Scores from 0 to 1 of one embedding, in the order of the labels. */
  float[] scores(float[] embedding) {
    float[] scores = new float[labels.size()];
    for (int label = 0; label < scores.length; label++) {
      double sum = bias[label];
      for (int i = 0; i < embedding.length; i++) {
        sum += (double) weights[label][i] * embedding[i];
      }
      scores[label] = (float) (1 / (1 + Math.exp(-sum)));
    }
    return scores;
  }

  /**
   * The same as an ONNX model, embedding [N, dimension] to scores [N, labels]. Tribuo's own export
   * of a model stamps the time into the file, orders labels by its own ids and knows nothing of the
   * standardising; so the graph is put together here with Tribuo's builder, and the same head gives
   * the same bytes.
   */
  byte[] onnx() {
    int dimension = weights[0].length;
    ONNXContext context = new ONNXContext();
    context.setName("tocsin-head");
    ONNXPlaceholder input = context.floatInput(INPUT, dimension);
    ONNXPlaceholder output = context.floatOutput(OUTPUT, labels.size());
    ONNXInitializer matrix =
        context.floatTensor(
            "weights",
            List.of(labels.size(), dimension),
            buffer -> {
              for (float[] row : weights) {
                buffer.put(row);
              }
              buffer.rewind();
            });
    context
        .operation(
            ONNXOperators.GEMM,
            List.of(input, matrix, context.array("bias", bias)),
            "logits",
            Map.of("transB", 1))
        .apply(ONNXOperators.SIGMOID)
        .assignTo(output);
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .setProducerName("Tribuo")
        .setProducerVersion(Tribuo.VERSION)
        .addOpsetImport(ONNXOperators.getOpsetProto())
        .setGraph(context.buildGraph())
        .build()
        .toByteArray();
  }
}

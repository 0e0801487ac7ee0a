package io.tocsin.scoring.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One thread's buffers before, between and after the graphs, and tensors over them. ONNX Runtime
 * reads and writes the buffers in place; a run allocates no native memory of ours.
 */
final class SessionCaller implements BatchModel.Caller {

  private final ModelBundle bundle;
  private final OrtSession backbone;
  private final OrtSession head;
  private final Matrix waveforms;
  private final Matrix embeddings;
  private final Matrix scores;

  SessionCaller(
      ModelBundle bundle,
      OrtSession backbone,
      OrtSession head,
      int embeddingLength,
      int maxBatchSize) {
    this.bundle = bundle;
    this.backbone = backbone;
    this.head = head;
    this.waveforms = new Matrix(maxBatchSize, bundle.windowSamples());
    this.embeddings = new Matrix(maxBatchSize, embeddingLength);
    this.scores = new Matrix(maxBatchSize, bundle.outputs().size());
  }

  @Override
  public int inputLength(Task task) {
    return inputOf(task).length;
  }

  @Override
  public FloatBuffer input(Task task) {
    return inputOf(task).buffer;
  }

  private Matrix inputOf(Task task) {
    return task == Task.SCORE_EMBEDDING ? embeddings : waveforms;
  }

  @Override
  public float[][] run(Task task, int size) throws OrtException {
    if (task != Task.SCORE_EMBEDDING) {
      run(
          backbone,
          Map.of(bundle.backboneInput(), waveforms.rows(size)),
          Map.of(bundle.embeddingOutput(), embeddings.rows(size)));
    }
    if (task == Task.EMBED) {
      return embeddings.read(size);
    }
    run(
        head,
        Map.of(bundle.headInput(), embeddings.rows(size)),
        Map.of(bundle.headOutput(), scores.rows(size)));
    return scores.read(size);
  }

  private static void run(
      OrtSession session, Map<String, OnnxTensor> input, Map<String, OnnxTensor> output)
      throws OrtException {
    session.run(input, Set.of(), output).close();
  }

  @Override
  public void close() {
    waveforms.close();
    embeddings.close();
    scores.close();
  }

  /** Rows of numbers one behind the other, and a tensor for each number of rows that was used. */
  private static final class Matrix {

    private final int length;
    private final FloatBuffer buffer;
    private final Map<Integer, OnnxTensor> tensors = new HashMap<>();

    Matrix(int rows, int length) {
      this.length = length;
      this.buffer = Tensors.buffer(rows * length);
    }

    OnnxTensor rows(int count) throws OrtException {
      OnnxTensor tensor = tensors.get(count);
      if (tensor == null) {
        tensor = Tensors.open(buffer, count, length);
        tensors.put(count, tensor);
      }
      return tensor;
    }

    float[][] read(int rows) {
      FloatBuffer from = buffer.duplicate().position(0);
      float[][] read = new float[rows][length];
      for (float[] row : read) {
        from.get(row);
      }
      return read;
    }

    void close() {
      List<OnnxTensor> open = new ArrayList<>(tensors.values());
      tensors.clear();
      open.forEach(Tensors::close);
    }
  }
}

package io.tocsin.stack.bench.scoring;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bundle's graphs in a loop over windows in memory, with nothing around them: what ONNX Runtime
 * can do on this machine.
 */
final class BareLoop implements AutoCloseable {

  /**
   * How ONNX Runtime is called.
   *
   * @param callers threads that call it at a time
   * @param intraOpThreads threads of each call
   * @param batch windows in a call
   */
  record Setting(int callers, int intraOpThreads, int batch) {}

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final ModelBundle bundle;
  private final Setting setting;
  private final OrtSession backbone;
  private final OrtSession head;

  BareLoop(ModelBundle bundle, Setting setting) throws OrtException {
    this.bundle = bundle;
    this.setting = setting;
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(setting.intraOpThreads());
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      backbone = environment.createSession(bundle.backboneFile().toString(), options);
      head = environment.createSession(bundle.headFile().toString(), options);
    }
  }

  /** Settings worth a try on {@code cores} cores. */
  static List<Setting> candidates(int cores) {
    List<Setting> all = new ArrayList<>();
    for (int batch : new int[] {1, 4, 16, 64}) {
      all.add(new Setting(cores, 1, batch));
      if (cores > 1) {
        all.add(new Setting(1, cores, batch));
      }
    }
    return all;
  }

  /**
   * Scores {@code total} windows, taking {@code windows} over and over.
   *
   * @param windows each of the bundle's length, full scale 1
   * @return windows per second
   */
  double run(List<float[]> windows, int total) throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    ExecutorService callers = Executors.newFixedThreadPool(setting.callers());
    try {
      long started = System.nanoTime();
      List<Future<Void>> ends = new ArrayList<>();
      for (int i = 0; i < setting.callers(); i++) {
        ends.add(
            callers.submit(
                () -> {
                  call(windows, next, total);
                  return null;
                }));
      }
      for (Future<Void> end : ends) {
        end.get();
      }
      return total / ((System.nanoTime() - started) / 1e9);
    } finally {
      callers.shutdownNow();
    }
  }

  private void call(List<float[]> windows, AtomicInteger next, int total) throws OrtException {
    FloatBuffer input =
        ByteBuffer.allocateDirect(setting.batch() * bundle.windowSamples() * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    float[] scores = new float[setting.batch() * bundle.outputs().size()];
    while (true) {
      int from = next.getAndAdd(setting.batch());
      int count = Math.min(setting.batch(), total - from);
      if (count <= 0) {
        return;
      }
      input.clear();
      for (int i = 0; i < count; i++) {
        input.put(windows.get((from + i) % windows.size()));
      }
      score(input.flip(), count, scores);
    }
  }

  /** Scores what {@code input} holds; {@code scores} receives a row for each window. */
  void score(FloatBuffer input, int count, float[] scores) throws OrtException {
    long[] shape = {count, bundle.windowSamples()};
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, shape);
        OrtSession.Result embedded =
            backbone.run(Map.of(bundle.backboneInput(), tensor), Set.of(bundle.embeddingOutput()));
        OrtSession.Result scored =
            head.run(
                Map.of(bundle.headInput(), (OnnxTensor) embedded.get(0)),
                Set.of(bundle.headOutput()))) {
      ((OnnxTensor) scored.get(0)).getFloatBuffer().get(scores, 0, count * bundle.outputs().size());
    }
  }

  @Override
  public void close() throws OrtException {
    head.close();
    backbone.close();
  }
}

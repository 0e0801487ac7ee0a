package io.tocsin.scoring.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/** A bundle's backbone and head, loaded. Several threads may run it at a time. */
final class ModelSession implements AutoCloseable {

  private final ModelBundle bundle;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession backbone;
  private final OrtSession head;

  ModelSession(ModelBundle bundle, Provider provider) {
    this.bundle = bundle;
    try (SessionOptions options = options(provider)) {
      backbone = environment.createSession(bundle.backboneFile().toString(), options);
      head = environment.createSession(bundle.headFile().toString(), options);
    } catch (OrtException e) {
      throw new ScoringException("bundle " + bundle.ref() + " does not load: " + e.getMessage(), e);
    }
  }

  private static SessionOptions options(Provider provider) throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    boolean cudaBuild =
        OrtEnvironment.getAvailableProviders().contains(ai.onnxruntime.OrtProvider.CUDA);
    if (provider == Provider.CUDA && !cudaBuild) {
      throw new ScoringException(
          "provider cuda was asked for, but this ONNX Runtime has none of it ("
              + OrtEnvironment.getAvailableProviders()
              + "); build with -Donnxruntime.artifact=onnxruntime_gpu, or ask for cpu or auto",
          null);
    }
    if (provider != Provider.CPU && cudaBuild) {
      try {
        options.addCUDA(0);
      } catch (OrtException e) {
        if (provider == Provider.CUDA) {
          throw new ScoringException(
              "provider cuda was asked for, but no CUDA device answers: " + e.getMessage(), e);
        }
      }
    }
    return options;
  }

  /**
   * Scores a batch.
   *
   * @param waveforms direct buffer of {@code count} windows of the bundle's length, one behind the
   *     other, from position 0
   * @return scores [count][outputs]
   */
  float[][] run(FloatBuffer waveforms, int count) throws OrtException {
    FloatBuffer batch = waveforms.duplicate();
    batch.position(0).limit(count * bundle.windowSamples());
    long[] shape = {count, bundle.windowSamples()};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, batch, shape);
        OrtSession.Result embedded =
            backbone.run(Map.of(bundle.backboneInput(), input), Set.of(bundle.embeddingOutput()));
        OrtSession.Result scored =
            head.run(
                Map.of(bundle.headInput(), (OnnxTensor) embedded.get(0)),
                Set.of(bundle.headOutput()))) {
      FloatBuffer flat = ((OnnxTensor) scored.get(0)).getFloatBuffer();
      int outputs = bundle.outputs().size();
      if (flat.remaining() != count * outputs) {
        throw new ScoringException(
            "bundle "
                + bundle.ref()
                + ": the head gives "
                + flat.remaining()
                + " scores for "
                + count
                + " windows, bundle.yaml names "
                + outputs
                + " outputs for each; make the bundle again from the head's own folder",
            null);
      }
      float[][] scores = new float[count][outputs];
      for (float[] window : scores) {
        flat.get(window);
      }
      return scores;
    }
  }

  @Override
  public void close() {
    try {
      head.close();
      backbone.close();
    } catch (OrtException e) {
      throw new ScoringException("bundle " + bundle.ref() + " does not close", e);
    }
  }
}

package io.tocsin.scoring.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.tocsin.scoring.bundle.ModelBundle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bundle's backbone and head, loaded and tried once. Several callers may run it at a time. */
final class ModelSession implements BatchModel {

  private static final Logger LOG = LoggerFactory.getLogger(ModelSession.class);

  private final ModelBundle bundle;
  private final ScoringSettings settings;
  private final OrtSession backbone;
  private final OrtSession head;
  private final int embeddingLength;

  private ModelSession(
      ModelBundle bundle, ScoringSettings settings, OrtSession backbone, OrtSession head)
      throws OrtException {
    this.bundle = bundle;
    this.settings = settings;
    this.backbone = backbone;
    this.head = head;
    this.embeddingLength = triedOut();
  }

  /**
   * Loads a bundle where {@code wanted} says.
   *
   * @throws ScoringException if the model does not load, does not fit its manifest, or CUDA is
   *     asked for where there is none
   */
  static ModelSession open(ModelBundle bundle, ScoringSettings wanted) {
    if (wanted.provider() == Provider.CUDA && !Provider.cudaIsBuiltIn()) {
      throw new ScoringException(
          "provider cuda was asked for, but this ONNX Runtime has none of it ("
              + OrtEnvironment.getAvailableProviders()
              + "); build with -Pgpu, which takes onnxruntime_gpu, or ask for cpu or auto");
    }
    if (wanted.provider() != Provider.CPU && Provider.cudaIsBuiltIn()) {
      try {
        return load(bundle, wanted.on(Provider.CUDA));
      } catch (OrtException e) {
        String why = "CUDA device " + wanted.deviceIndex() + " does not serve: " + e.getMessage();
        if (wanted.provider() == Provider.CUDA) {
          throw new ScoringException(
              "provider cuda was asked for, but "
                  + why
                  + "; give this machine a device with CUDA 12 and cuDNN 9, or ask for cpu or auto",
              e);
        }
        LOG.warn("event=cuda-unavailable provider=cpu bundle={} reason=\"{}\"", bundle.ref(), why);
      }
    }
    try {
      return load(bundle, wanted.on(Provider.CPU));
    } catch (OrtException e) {
      throw new ScoringException("bundle " + bundle.ref() + " does not load: " + e.getMessage(), e);
    }
  }

  private static ModelSession load(ModelBundle bundle, ScoringSettings settings)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession backbone = null;
    OrtSession head = null;
    try (SessionOptions options = options(settings)) {
      backbone = environment.createSession(bundle.backboneFile().toString(), options);
      head = environment.createSession(bundle.headFile().toString(), options);
      ModelSession session = new ModelSession(bundle, settings, backbone, head);
      session.warmUp();
      return session;
    } catch (OrtException | RuntimeException | Error e) {
      if (head != null) {
        head.close();
      }
      if (backbone != null) {
        backbone.close();
      }
      throw e;
    }
  }

  private static SessionOptions options(ScoringSettings settings) throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      if (settings.provider() == Provider.CUDA) {
        try (var cuda = new OrtCUDAProviderOptions(settings.deviceIndex())) {
          // The exhaustive search takes over half a second for each new shape.
          cuda.add("cudnn_conv_algo_search", "HEURISTIC");
          options.addCUDA(cuda);
        }
      }
      return options;
    } catch (OrtException | RuntimeException | Error e) {
      options.close();
      throw e;
    }
  }

  /** Runs a window of silence, which tells what the graphs may leave open: the lengths of rows. */
  private int triedOut() throws OrtException {
    OnnxTensor silence =
        Tensors.open(Tensors.buffer(bundle.windowSamples()), 1, bundle.windowSamples());
    try (OrtSession.Result embedded =
            backbone.run(
                Map.of(bundle.backboneInput(), silence), Set.of(bundle.embeddingOutput()));
        OrtSession.Result scored =
            head.run(
                Map.of(bundle.headInput(), (OnnxTensor) embedded.get(0)),
                Set.of(bundle.headOutput()))) {
      long[] scores = ((TensorInfo) scored.get(0).getInfo()).getShape();
      if (scores.length != 2 || scores[0] != 1 || scores[1] != bundle.outputs().size()) {
        throw new ScoringException(
            "bundle "
                + bundle.ref()
                + ": the head gives scores of shape "
                + Arrays.toString(scores)
                + " for one window, bundle.yaml names "
                + bundle.outputs().size()
                + " outputs; make the bundle again from the head's own folder");
      }
      long[] embedding = ((TensorInfo) embedded.get(0).getInfo()).getShape();
      return Math.toIntExact(embedding[embedding.length - 1]);
    } finally {
      Tensors.close(silence);
    }
  }

  private void warmUp() throws OrtException {
    List<Integer> sizes = settings.allowedBatchSizes();
    if (settings.provider() == Provider.CUDA) {
      try (Caller caller = caller()) {
        for (int size : sizes) {
          float[][] unused = caller.run(Task.SCORE, size);
        }
      }
    }
  }

  /** What the wanted settings became: CPU or CUDA, and on CUDA one caller and fixed sizes. */
  ScoringSettings settings() {
    return settings;
  }

  /** Numbers in an embedding. */
  int embeddingLength() {
    return embeddingLength;
  }

  @Override
  public Caller caller() {
    return new SessionCaller(bundle, backbone, head, embeddingLength, settings.maxBatchSize());
  }

  @Override
  public void close() {
    try (backbone;
        head) {
      LOG.debug("event=model-closed bundle={}", bundle.ref());
    } catch (OrtException e) {
      throw new ScoringException("bundle " + bundle.ref() + " does not close", e);
    }
  }
}

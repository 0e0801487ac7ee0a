package io.tocsin.jobs.scoring;

import io.tocsin.scoring.inference.Provider;
import io.tocsin.scoring.inference.ScoringSettings;
import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * What travels to where the model runs.
 *
 * @param bundle folder of the bundle
 * @param scoring how it is run
 */
record InferenceSettings(String bundle, ScoringSettings scoring) implements Serializable {

  /** The name under which Flink hands out GPUs (external-resources: gpu). */
  private static final String GPU = "gpu";

  private static final String INDEX = "index";

  /** The same model run the same way elsewhere. */
  InferenceSettings withBundle(String other) {
    return new InferenceSettings(other, scoring);
  }

  /** How the model is run here: on the GPU that Flink gave to this TaskManager, if it gave one. */
  ScoringSettings on(RuntimeContext context) {
    if (scoring.provider() == Provider.CPU) {
      return scoring;
    }
    return deviceIndex(context.getExternalResourceInfos(GPU)).map(this::onDevice).orElse(scoring);
  }

  /** The lowest index: all slots of a TaskManager share one device and its model. */
  private static Optional<Integer> deviceIndex(Set<ExternalResourceInfo> given) {
    return given.stream()
        .flatMap(resource -> resource.getProperty(INDEX).stream())
        .map(Integer::valueOf)
        .min(Integer::compare);
  }

  private ScoringSettings onDevice(int index) {
    return new ScoringSettings(
        scoring.provider(),
        index,
        scoring.callers(),
        scoring.maxBatchSize(),
        scoring.batchTimeout(),
        scoring.maxEnqueuedBatches(),
        scoring.allowedBatchSizes());
  }
}

package io.tocsin.scoring.inference;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;

/** Where inference runs. */
public enum Provider {
  /** The processor's cores. */
  CPU,
  /** A CUDA device; an error where there is none. */
  CUDA,
  /** CUDA where there is one, else the cores. */
  AUTO;

  /** Whether this build of ONNX Runtime can use CUDA, be there a device or not. */
  static boolean cudaIsBuiltIn() {
    return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
  }
}

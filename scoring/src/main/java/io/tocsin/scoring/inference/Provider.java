package io.tocsin.scoring.inference;

/** Where inference runs. */
public enum Provider {
  /** The processor's cores. */
  CPU,
  /** A CUDA device; an error where there is none. */
  CUDA,
  /** CUDA where there is one, else the cores. */
  AUTO
}

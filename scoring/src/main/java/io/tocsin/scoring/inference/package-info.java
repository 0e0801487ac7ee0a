/** Batched inference with ONNX Runtime, shared by all callers of a process. */
@NullMarked
package io.tocsin.scoring.inference;

import org.jspecify.annotations.NullMarked;

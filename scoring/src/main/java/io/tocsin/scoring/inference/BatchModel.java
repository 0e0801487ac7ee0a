package io.tocsin.scoring.inference;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;

/** A model that takes batches; the seam between queueing and ONNX Runtime. */
interface BatchModel extends AutoCloseable {

  /** Buffers for one thread, for batches up to the largest. */
  Caller caller();

  @Override
  void close();

  /** Runs the model from one thread at a time. */
  interface Caller extends AutoCloseable {

    /** Numbers in a row of the task's input. */
    int inputLength(Task task);

    /** Where the rows of the next batch go, from position 0 on; room for the largest batch. */
    FloatBuffer input(Task task);

    /**
     * Runs the first {@code size} rows of the input.
     *
     * @return rows out, one a row in; the caller's to keep
     */
    float[][] run(Task task, int size) throws OrtException;

    @Override
    void close();
  }
}

package io.tocsin.scoring.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Opens and closes native tensors, and counts them: what stays open is a leak. */
public final class Tensors {

  private static final AtomicLong LIVE = new AtomicLong();

  private Tensors() {}

  /** Tensors of this process that are open now; 0 once every scorer is closed. */
  public static long live() {
    return LIVE.get();
  }

  /** A direct buffer in native order, which ONNX Runtime reads and writes in place. */
  static FloatBuffer buffer(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** The first {@code rows} rows of {@code buffer} as a tensor [rows, length], without a copy. */
  static OnnxTensor open(FloatBuffer buffer, int rows, int length) throws OrtException {
    FloatBuffer view = buffer.duplicate();
    view.position(0).limit(rows * length);
    OnnxTensor tensor =
        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), view, new long[] {rows, length});
    LIVE.incrementAndGet();
    return tensor;
  }

  static void close(OnnxTensor tensor) {
    if (!tensor.isClosed()) {
      tensor.close();
      LIVE.decrementAndGet();
    }
  }
}

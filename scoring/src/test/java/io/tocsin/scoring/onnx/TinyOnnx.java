package io.tocsin.scoring.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes ONNX models small enough to reckon by hand, in the wire format of onnx.proto3 (its field
 * numbers are the ones below).
 */
public final class TinyOnnx {

  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int ATTRIBUTE_INTS = 7;

  private TinyOnnx() {}

  /** Waveform [N, window] to embedding [N, 1]: the largest absolute sample. */
  public static byte[] peakBackbone() {
    Message axes = new Message();
    axes.text(1, "axes").number(8, 1).number(20, ATTRIBUTE_INTS);
    Message graph = new Message();
    graph.message(1, node("Abs", "loud", "waveform"));
    graph.message(1, node("ReduceMax", "embeddings", "loud").message(5, axes));
    return model(graph, "waveform", 0, "embeddings", 1);
  }

  /**
   * Embedding [N, 1] to one score for each slope: {@code activation} of slope times embedding.
   *
   * @param activation Sigmoid or Softmax
   */
  public static byte[] head(String activation, float... slopes) {
    Message graph = new Message();
    graph.message(1, node("MatMul", "logits", "embedding", "slopes"));
    graph.message(1, node(activation, "p", "logits"));
    ByteBuffer raw = ByteBuffer.allocate(slopes.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float slope : slopes) {
      raw.putFloat(slope);
    }
    graph.message(
        5,
        new Message()
            .number(1, 1)
            .number(1, slopes.length)
            .number(2, FLOAT)
            .text(8, "slopes")
            .bytes(9, raw.array()));
    return model(graph, "embedding", 1, "p", slopes.length);
  }

  private static byte[] model(
      Message graph, String input, int inputLength, String output, int outputLength) {
    graph.text(2, "tiny");
    graph.message(11, value(input, inputLength)).message(12, value(output, outputLength));
    return new Message()
        .number(1, IR_VERSION)
        .message(7, graph)
        .message(8, new Message().number(2, OPSET))
        .out
        .toByteArray();
  }

  private static Message node(String operator, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  /** A matrix of any number of rows; length 0 leaves the columns open too. */
  private static Message value(String name, int length) {
    Message columns =
        length == 0 ? new Message().text(2, "samples") : new Message().number(1, length);
    Message shape = new Message().message(1, new Message().text(2, "n")).message(1, columns);
    Message tensor = new Message().number(1, FLOAT).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** Fields of one protocol buffers message. */
  private static final class Message {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      variable(field << 3);
      variable(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.out.toByteArray());
    }

    Message bytes(int field, byte[] value) {
      variable(field << 3 | 2);
      variable(value.length);
      out.writeBytes(value);
      return this;
    }

    private void variable(long value) {
      long left = value;
      while (left > 0x7f) {
        out.write((int) (left & 0x7f | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }
}

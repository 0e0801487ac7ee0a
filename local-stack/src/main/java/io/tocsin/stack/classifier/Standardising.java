package io.tocsin.stack.classifier;

import java.util.List;

/**
 * Each number of an embedding less its mean, in standard deviations. A number that hardly ever
 * stirs is not blown up: deviations count as a tenth of the usual one at least.
 */
record Standardising(float[] mean, float[] deviation) {

  private static final double LEAST_SHARE = 0.1;

  static Standardising of(List<float[]> embeddings) {
    int length = embeddings.get(0).length;
    double[] sum = new double[length];
    double[] squares = new double[length];
    for (float[] embedding : embeddings) {
      for (int i = 0; i < length; i++) {
        sum[i] += embedding[i];
        squares[i] += (double) embedding[i] * embedding[i];
      }
    }
    int n = embeddings.size();
    double[] variance = new double[length];
    double usual = 0;
    for (int i = 0; i < length; i++) {
      variance[i] = Math.max(0, squares[i] / n - sum[i] / n * sum[i] / n);
      usual += variance[i] / length;
    }
    double least = Math.max(Float.MIN_NORMAL, LEAST_SHARE * Math.sqrt(usual));
    float[] mean = new float[length];
    float[] deviation = new float[length];
    for (int i = 0; i < length; i++) {
      mean[i] = (float) (sum[i] / n);
      deviation[i] = (float) Math.max(least, Math.sqrt(variance[i]));
    }
    return new Standardising(mean, deviation);
  }

  double[] of(float[] embedding) {
    double[] out = new double[embedding.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (embedding[i] - mean[i]) / deviation[i];
    }
    return out;
  }
}

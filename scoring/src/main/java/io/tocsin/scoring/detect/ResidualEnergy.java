package io.tocsin.scoring.detect;

/**
 * Energy of what a noise model does not predict of a window, summed up: by blocks for the whole of
 * it, by samples where it is looked at closely, since running sums of every sample are the dearest
 * part of a pick.
 */
final class ResidualEnergy {

  private final double[] squares;
  private final int blockSamples;
  private final double[] beforeBlock;

  private int sumsFrom;
  private double[] sums = new double[1];

  /**
   * @param squares of the residual's samples; kept, not copied
   * @param blockSamples at least one
   */
  ResidualEnergy(double[] squares, int blockSamples) {
    this.squares = squares;
    this.blockSamples = blockSamples;
    int blocks = squares.length / blockSamples;
    beforeBlock = new double[blocks + 1];
    for (int b = 0; b < blocks; b++) {
      beforeBlock[b + 1] = beforeBlock[b] + sum(b * blockSamples, (b + 1) * blockSamples);
    }
  }

  private double sum(int from, int to) {
    // In four parts that do not wait for each other.
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += squares[i];
      s1 += squares[i + 1];
      s2 += squares[i + 2];
      s3 += squares[i + 3];
    }
    for (; i < to; i++) {
      s0 += squares[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  int samples() {
    return squares.length;
  }

  /** Whole blocks. */
  int blocks() {
    return beforeBlock.length - 1;
  }

  /** Mean power of the blocks from {@code from} to before {@code to}. */
  double powerOfBlocks(int from, int to) {
    return (beforeBlock[to] - beforeBlock[from]) / ((to - from) * blockSamples);
  }

  /** Twice the negative logarithmic likelihood of noise with the blocks' own variance. */
  double costOfBlocks(int from, int to) {
    return (to - from) * blockSamples * Math.log(powerOfBlocks(from, to));
  }

  /** From here on the samples from {@code from} to before {@code to} may be asked for. */
  void lookAt(int from, int to) {
    sumsFrom = from;
    sums = new double[to - from + 1];
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += squares[i];
      sums[i - from + 1] = sum;
    }
  }

  /** Energy of the samples from {@code from} to before {@code to}. */
  double energy(int from, int to) {
    return sums[to - sumsFrom] - sums[from - sumsFrom];
  }

  /** Mean power of the samples from {@code from} to before {@code to}. */
  double power(int from, int to) {
    return energy(from, to) / (to - from);
  }

  /** As {@link #costOfBlocks} of samples. */
  double cost(int from, int to) {
    return (to - from) * Math.log(power(from, to));
  }
}

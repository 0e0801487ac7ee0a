package io.tocsin.audio;

import java.util.Arrays;

/**
 * Changes the sample rate by band-limited interpolation with a Kaiser-windowed sinc of 80 dB (Smith
 * and Gossett 1984; Oppenheim and Schafer, Discrete-Time Signal Processing, 7.5): linear phase,
 * without delay, so that a sound keeps its onset to a fraction of a sample.
 *
 * <p>The JDK's own converter (javax.sound) was tried first: it delays by some samples and folds
 * back what lies above the new Nyquist frequency, either of which would falsify onsets.
 *
 * <p>A stream is fed in pieces of any length; the output does not depend on how it was cut. Not
 * safe for use by several threads.
 */
public final class Resampling {

  private final int fromHertz;
  private final int toHertz;
  private final int half;
  private final SincKernel kernel;

  /** Input that later output still needs; its first sample has the index {@link #heldFrom}. */
  private float[] held = new float[0];

  private long heldFrom;
  private long nextOutput;

  /** A stream from one rate to another, both positive. */
  public Resampling(int fromHertz, int toHertz) {
    if (fromHertz <= 0 || toHertz <= 0) {
      throw new IllegalArgumentException(
          "sample rates are " + fromHertz + " and " + toHertz + " Hz; both must be positive");
    }
    int divisor = gcd(fromHertz, toHertz);
    this.fromHertz = fromHertz / divisor;
    this.toHertz = toHertz / divisor;
    this.kernel = SincKernel.of(this.fromHertz, this.toHertz);
    this.half = kernel.half();
  }

  /** {@code clip} at another rate; the clip itself when it has that rate. */
  public static AudioClip resample(AudioClip clip, int toHertz) {
    if (clip.sampleRateHertz() == toHertz) {
      return clip;
    }
    Resampling stream = new Resampling(clip.sampleRateHertz(), toHertz);
    float[] head = stream.accept(clip.samples());
    float[] tail = stream.finish();
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return new AudioClip(all, toHertz);
  }

  /** Takes the next piece of input; gives the output that it completes, possibly none. */
  public float[] accept(float[] input) {
    if (fromHertz == toHertz) {
      return input;
    }
    int keep = held.length;
    held = Arrays.copyOf(held, keep + input.length);
    System.arraycopy(input, 0, held, keep, input.length);
    long inputEnd = heldFrom + held.length;
    return produce(inputEnd - half - 1);
  }

  /** The rest of the output at the end of the stream, whose input is silence from here on. */
  public float[] finish() {
    return fromHertz == toHertz ? new float[0] : produce(heldFrom + held.length);
  }

  /** Gives every output whose position in the input lies before {@code inputLimit}. */
  private float[] produce(long inputLimit) {
    float[] output = new float[64];
    int count = 0;
    while (nextOutput * fromHertz < inputLimit * toHertz) {
      if (count == output.length) {
        output = Arrays.copyOf(output, count * 2);
      }
      output[count++] = at(nextOutput++);
    }
    long needed = nextOutput * fromHertz / toHertz - half;
    int drop = (int) Math.max(0, Math.min(held.length, needed - heldFrom));
    held = Arrays.copyOfRange(held, drop, held.length);
    heldFrom += drop;
    return Arrays.copyOf(output, count);
  }

  private float at(long outputIndex) {
    long numerator = outputIndex * fromHertz;
    long centre = numerator / toHertz;
    float[] taps = kernel.taps((int) (numerator % toHertz));
    int first = (int) Math.max(0, centre - half - heldFrom);
    int end = (int) Math.min(held.length, centre + half + 2 - heldFrom);
    int shift = (int) (centre - half - heldFrom);
    // Four sums at a time: one would wait for itself at every step.
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = first;
    for (; i + 3 < end; i += 4) {
      a += held[i] * taps[i - shift];
      b += held[i + 1] * taps[i + 1 - shift];
      c += held[i + 2] * taps[i + 2 - shift];
      d += held[i + 3] * taps[i + 3 - shift];
    }
    for (; i < end; i++) {
      a += held[i] * taps[i - shift];
    }
    return (float) (a + b + c + d);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}

package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The sensors around a place and what they picked that nothing explains, side by side. */
final class Ears {

  /** How many there are, where, and how far they hear. */
  final int size;

  final double[] x;
  final double[] y;
  final double[] audibleRadius;
  final boolean[] picked;

  /** Of those that picked anything the number of its first pick; at the end, of all picks. */
  final int[] first;

  /** Picks, one ear's after the other's; and whose they are, among those that picked anything. */
  final List<Free> picks = new ArrayList<>();

  final int[] earOf;

  /**
   * What was picked and nothing else explains.
   *
   * @param odds log of p/(1−p)/λ: what it says before place and time are looked at
   */
  record Free(Arrival arrival, double odds) {

    double distance(double x, double y) {
      return LocalPlane.metres(arrival.x - x, arrival.y - y);
    }

    /** What it says of a sound at that distance, but for its time. */
    double said(double metres) {
      return Audibility.logHeard(metres, arrival.audibleRadius) + odds;
    }

    /** When a sound at that distance was made, micros, if the pick was on time. */
    double origin(double metres, double metresPerSecond) {
      return arrival.pick.onsetMicros() - metres / metresPerSecond * 1e6;
    }
  }

  /** A sensor, and what it picked. */
  record Ear(String sensorId, double x, double y, double audibleRadius, List<Free> picks) {

    double distance(double atX, double atY) {
      return LocalPlane.metres(x - atX, y - atY);
    }
  }

  /** When a sound may have been made: from one moment to another, but for a while between. */
  record Moments(long from, long to, long notFrom, long notTo) {

    boolean has(double micros) {
      return micros >= from && micros <= to && (micros <= notFrom || micros >= notTo);
    }

    /** Whether there may be one that is no farther off than this. */
    boolean mayHave(double micros, double off) {
      return micros + off >= from && micros - off <= to;
    }
  }

  /**
   * @param ears in the order in which they are summed
   */
  Ears(List<Ear> ears) {
    size = ears.size();
    x = new double[size];
    y = new double[size];
    audibleRadius = new double[size];
    picked = new boolean[size];
    int[] starts = new int[size + 1];
    int heard = 0;
    for (int i = 0; i < size; i++) {
      Ear ear = ears.get(i);
      x[i] = ear.x;
      y[i] = ear.y;
      audibleRadius[i] = ear.audibleRadius;
      picked[i] = !ear.picks.isEmpty();
      if (picked[i]) {
        starts[heard++] = picks.size();
        picks.addAll(ear.picks);
      }
    }
    starts[heard] = picks.size();
    first = Arrays.copyOf(starts, heard + 1);
    earOf = new int[picks.size()];
    for (int j = 0; j < heard; j++) {
      Arrays.fill(earOf, first[j], first[j + 1], j);
    }
  }

  /** How many of them picked anything. */
  int heard() {
    return first.length - 1;
  }

  /**
   * The sum of what those say that picked nothing, and of the others one by one what each would.
   *
   * @param farther metres to be added to each distance
   * @param missed takes the others' by their numbers
   * @param all whether these are summed too
   */
  double silence(double atX, double atY, double farther, double[] missed, boolean all) {
    double sum = 0;
    int heard = 0;
    for (int i = 0; i < size; i++) {
      double d = LocalPlane.metres(x[i] - atX, y[i] - atY) + farther;
      double silence = Audibility.logMissed(d, audibleRadius[i]);
      if (picked[i]) {
        missed[heard++] = silence;
      }
      sum += picked[i] && !all ? 0 : silence;
    }
    return sum;
  }

  /**
   * Variance, seconds², of how far two picks' moments may be apart.
   *
   * @param coarse seconds that the place may be off
   */
  double[] variances(double coarse) {
    int n = picks.size();
    double[] variances = new double[n * n];
    for (int i = 0; i < n; i++) {
      double other = picks.get(i).arrival.sigma;
      for (int k = 0; k < n; k++) {
        double own = picks.get(k).arrival.sigma;
        variances[i * n + k] = own * own + other * other + coarse * coarse;
      }
    }
    return variances;
  }
}

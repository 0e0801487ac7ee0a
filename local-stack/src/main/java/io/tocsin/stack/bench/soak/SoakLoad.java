package io.tocsin.stack.bench.soak;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.faults.Fleet;
import io.tocsin.stack.faults.KnownLoad;
import java.util.List;

/**
 * The known load of several fleets at a time, each playing it round and round. A round is a whole
 * number of hops, so that the windows of every round hold the same samples and every round of every
 * fleet must give the same detections. The fleets are spread over the round: no two hear the same
 * at the same time.
 *
 * @param fleets of {@link #SENSORS} sensors each
 * @param startMicros instant of the first fleet's first sample, microseconds since the epoch
 * @param frameSamples samples of a frame: a hop
 * @param framesOfRound frames after which the load begins again
 * @param rounds of each fleet
 */
record SoakLoad(int fleets, long startMicros, int frameSamples, int framesOfRound, int rounds) {

  /** Of a fleet. */
  static final int SENSORS = 8;

  /** Rounds that take so long, or a little more. */
  static SoakLoad lasting(
      double seconds, int fleets, long startMicros, int frameSamples, int samples) {
    int framesOfRound = samples / frameSamples;
    double roundSeconds = (double) framesOfRound * frameSamples / KnownLoad.SAMPLE_RATE_HERTZ;
    return new SoakLoad(
        fleets, startMicros, frameSamples, framesOfRound, (int) Math.ceil(seconds / roundSeconds));
  }

  static SoakLoad read(List<String> arguments) {
    return new SoakLoad(
        Integer.parseInt(arguments.get(0)),
        Long.parseLong(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Integer.parseInt(arguments.get(3)),
        Integer.parseInt(arguments.get(4)));
  }

  /** What {@link #read} reads. */
  List<String> arguments() {
    return List.of(
        Integer.toString(fleets),
        Long.toString(startMicros),
        Integer.toString(frameSamples),
        Integer.toString(framesOfRound),
        Integer.toString(rounds));
  }

  int sensors() {
    return fleets * SENSORS;
  }

  long frameMicros() {
    return frameSamples * 1_000_000L / KnownLoad.SAMPLE_RATE_HERTZ;
  }

  long roundMicros() {
    return framesOfRound * frameMicros();
  }

  /** A fleet, with the instant of its own first sample. */
  Fleet fleet(int number) {
    return new Fleet(
        number,
        startMicros + framesBefore(number) * frameMicros() + number * frameMicros() / fleets);
  }

  /** Frames that the first fleet plays before this one begins. */
  int framesBefore(int fleet) {
    return fleet * framesOfRound / fleets;
  }

  /** Frames of each sensor. */
  int frames() {
    return rounds * framesOfRound;
  }

  /** Windows that ScoringJob must score, each once. */
  long windows(ModelBundle bundle) {
    return sensors()
        * WindowCutter.windowsOf(
            (long) frames() * frameSamples, bundle.windowSamples(), bundle.hopSamples());
  }
}

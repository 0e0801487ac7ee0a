package io.tocsin.stack.bench.outage;

import java.util.Random;

/**
 * A frame as source and receiver know it.
 *
 * @param sensor its number in the fleet
 * @param boot the producer's run
 */
record FrameNumber(int sensor, String boot, long sequence) {

  static final int RATE_HERTZ = 16_000;
  static final int SAMPLES = 16_000;
  static final long MICROS = 1_000_000L * SAMPLES / RATE_HERTZ;

  static String sensorId(int sensor) {
    return "outage-" + sensor;
  }

  static int sensorOf(String sensorId) {
    return Integer.parseInt(sensorId.substring("outage-".length()));
  }

  private static final int LOUD_EVERY = 11;

  /**
   * Its sound: noise that no other frame has, so that whoever receives it can tell it is whole;
   * loud now and then, so that there is something to detect.
   */
  short[] samples() {
    Random noise = new Random((sensor * 31L + boot.hashCode()) * 1_000_003L + sequence);
    byte[] bytes = new byte[SAMPLES * Short.BYTES];
    noise.nextBytes(bytes);
    int quieter = (sensor + sequence) % LOUD_EVERY == 0 ? 1 : 7;
    short[] samples = new short[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      samples[i] = (short) ((bytes[2 * i] << 8 | (bytes[2 * i + 1] & 0xff)) >> quieter);
    }
    return samples;
  }
}

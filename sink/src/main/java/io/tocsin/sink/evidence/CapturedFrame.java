package io.tocsin.sink.evidence;

/**
 * A frame as its sensor captured it.
 *
 * @param bootId changes when the producer starts
 * @param sequence frame number within {@code bootId}
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 * @param samples 16 bits, mono
 */
record CapturedFrame(
    String bootId, long sequence, long capturedAtMicros, int sampleRateHertz, short[] samples) {

  /** Instant after the last sample, microseconds since the epoch. */
  long endMicros() {
    return capturedAtMicros + samples.length * 1_000_000L / sampleRateHertz;
  }
}

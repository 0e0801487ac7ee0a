package io.tocsin.audio;

/** Interleaved little-endian integer PCM to mono floats by the mean of the channels. */
final class Interleaved {

  private Interleaved() {}

  static float[] toMono(byte[] pcm, int bytesPerSample, int channels, boolean signedBytes) {
    int frames = pcm.length / (bytesPerSample * channels);
    float[] mono = new float[frames];
    double fullScale = Math.pow(2, 8.0 * bytesPerSample - 1) * channels;
    int at = 0;
    for (int f = 0; f < frames; f++) {
      long sum = 0;
      for (int c = 0; c < channels; c++) {
        long value = pcm[at + bytesPerSample - 1];
        for (int b = bytesPerSample - 2; b >= 0; b--) {
          value = value << 8 | (pcm[at + b] & 0xff);
        }
        if (bytesPerSample == 1 && !signedBytes) {
          value = (value & 0xff) - 128;
        }
        sum += value;
        at += bytesPerSample;
      }
      mono[f] = (float) (sum / fullScale);
    }
    return mono;
  }
}

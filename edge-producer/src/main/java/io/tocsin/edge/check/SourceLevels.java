package io.tocsin.edge.check;

import io.tocsin.audio.Levels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a stretch of a source sounds like.
 *
 * @param rmsDbfs level without the offset
 * @param clippedShare of the samples that are at either end of the scale, 0 to 1
 * @param offset mean of the samples, full scale is 1
 */
public record SourceLevels(
    double seconds, double rmsDbfs, double peakDbfs, double clippedShare, double offset) {

  private static final String THING = "source";
  private static final double FULL_SCALE = 32_768;
  private static final double SILENT_DBFS = -90;
  private static final double FAINT_DBFS = -70;
  private static final double CLIPPING_SHARE = 0.001;
  private static final double LARGE_OFFSET = 0.01;

  /** Of a stretch of sound. */
  public static SourceLevels of(short[] samples, int rateHertz) {
    double sum = 0;
    int clipped = 0;
    int peak = 0;
    for (short sample : samples) {
      sum += sample;
      clipped += sample == Short.MAX_VALUE || sample == Short.MIN_VALUE ? 1 : 0;
      peak = Math.max(peak, Math.abs((int) sample));
    }
    int count = Math.max(1, samples.length);
    double mean = sum / count;
    double squares = 0;
    for (short sample : samples) {
      squares += (sample - mean) * (sample - mean);
    }
    return new SourceLevels(
        (double) samples.length / rateHertz,
        decibels(Math.sqrt(squares / count)),
        decibels(peak),
        (double) clipped / count,
        mean / FULL_SCALE);
  }

  private static double decibels(double amplitude) {
    return amplitude == 0
        ? Levels.FLOOR_DBFS
        : Math.max(Levels.FLOOR_DBFS, 20 * Math.log10(amplitude / FULL_SCALE));
  }

  /** What is to be said of it. */
  public List<Finding> findings() {
    if (seconds == 0) {
      return List.of(
          Finding.wrong(THING, "delivers nothing; is the device there and the right one chosen?"));
    }
    List<Finding> findings = new ArrayList<>();
    String levels =
        String.format(
            Locale.ROOT,
            "%.1f s heard, level %.1f dBFS, peak %.1f dBFS",
            seconds,
            rmsDbfs,
            peakDbfs);
    if (rmsDbfs <= SILENT_DBFS) {
      findings.add(
          Finding.wrong(
              THING, levels + ": silent; is the microphone plugged in, powered and not muted?"));
    } else if (rmsDbfs <= FAINT_DBFS) {
      findings.add(Finding.doubtful(THING, levels + ": very faint; raise the gain"));
    } else {
      findings.add(Finding.fine(THING, levels));
    }
    if (clippedShare > CLIPPING_SHARE) {
      findings.add(
          Finding.doubtful(
              THING,
              String.format(
                  Locale.ROOT,
                  "clips in %.1f %% of the samples; lower the gain",
                  100 * clippedShare)));
    }
    if (Math.abs(offset) > LARGE_OFFSET) {
      findings.add(
          Finding.doubtful(
              THING,
              String.format(
                  Locale.ROOT,
                  "has a DC offset of %.1f %% of full scale; the input's bias or coupling is off",
                  100 * offset)));
    }
    return findings;
  }
}

package io.tocsin.scoring.cli;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Cuts a whole clip into a bundle's windows, as the stream would. */
public final class ClipWindows {

  private static final String NO_BOOT = "clip";
  private static final String NO_CLOCK = "FREE";

  private final ModelBundle bundle;
  private final WindowCutter cutter;

  /** Windows of the bundle's length, hop and rate. */
  public ClipWindows(ModelBundle bundle) {
    this.bundle = bundle;
    this.cutter =
        new WindowCutter(
            bundle.sampleRateHertz(), bundle.windowSamples(), bundle.hopSamples(), Duration.ZERO);
  }

  /**
   * The windows of a clip of any rate, in order; instants are microseconds from its first sample.
   * The last window is filled up with silence; a clip without samples has none.
   *
   * @param name stands for the sensor
   */
  public List<AudioWindow> of(String name, AudioClip clip) {
    short[] samples =
        Pcm16.fromFloats(Resampling.resample(clip, bundle.sampleRateHertz()).samples());
    if (samples.length == 0) {
      return List.of();
    }
    FrameAudio frame =
        FrameAudio.of(
            name, NO_BOOT, 0, 0, NO_CLOCK, 0, bundle.sampleRateHertz(), filledUp(samples));
    return cutter.accept(null, frame).windows();
  }

  private short[] filledUp(short[] samples) {
    int beyondFirst = Math.max(0, samples.length - bundle.windowSamples());
    int hops = (beyondFirst + bundle.hopSamples() - 1) / bundle.hopSamples();
    return Arrays.copyOf(samples, bundle.windowSamples() + hops * bundle.hopSamples());
  }
}

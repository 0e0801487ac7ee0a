package io.tocsin.stack.bench.modes;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Levels;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.mode.Ear;
import io.tocsin.edge.mode.Mode;
import io.tocsin.edge.mode.ModeSettings;
import io.tocsin.edge.mode.Outbox;
import io.tocsin.edge.mode.PrivacyGuard;
import io.tocsin.edge.mode.PrivacyPolicy;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.Provider;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What the privacy gate lets out of recordings, each in a second of near silence before and two
 * behind, or over other sound, in frames of a second, with {@code --privacy=WITHHOLD}.
 */
public final class PrivacyTrial {

  /**
   * What became of recordings.
   *
   * @param recordings how many were played; one that is played over several beds counts so often
   * @param seconds of them
   * @param withheldShare of those seconds
   * @param touchedShare of the recordings something was withheld of
   * @param goneShare of the recordings nothing left
   */
  public record Outcome(
      int recordings,
      double seconds,
      double withheldShare,
      double touchedShare,
      double goneShare) {}

  private static final int RATE_HERTZ = 16_000;
  private static final double PEAK = 8_000;
  private static final double FLOOR = 20;
  private static final double LONGEST_SECONDS = 15;

  /** Of few recordings each is played over many beds, of many over few. */
  private static final int MOST_PLAYS = 2_000;

  private static final SensorIdentity IDENTITY =
      SensorIdentity.of(
          "trial", 52.5, 13.4, 400, Clock.newBuilder().setUncertaintyMicros(0).build());

  private final ModelBundle bundle;
  private final PrivacyGuard guard;
  private final List<short[]> beds;
  private final double bedBelowDecibels;

  /**
   * @param beds sounds under the recordings, repeated; empty for none
   * @param bedBelowDecibels how far a bed's level is below the recording's
   */
  public PrivacyTrial(
      ModelBundle bundle, PrivacyGuard guard, List<short[]> beds, double bedBelowDecibels) {
    this.bundle = bundle;
    this.guard = guard;
    this.beds = beds.isEmpty() ? List.of(new short[0]) : List.copyOf(beds);
    this.bedBelowDecibels = bedBelowDecibels;
  }

  /** Plays recordings. */
  public Outcome of(List<Path> recordings) throws IOException, InterruptedException {
    int plays = Math.min(beds.size(), Math.max(1, MOST_PLAYS / Math.max(1, recordings.size())));
    double seconds = 0;
    double withheld = 0;
    int touched = 0;
    int gone = 0;
    // Held open, so that the model is not loaded for each recording.
    WindowScorer loaded =
        SharedScorers.acquire(bundle, new ScoringSettings(Provider.CPU, 1, 1, Duration.ZERO, 1));
    try {
      for (int i = 0; i < recordings.size() * plays; i++) {
        int recording = i / plays;
        double[] one =
            play(recordings.get(recording), beds.get((recording + i % plays) % beds.size()), i);
        seconds += one[0];
        withheld += one[1];
        touched += one[1] > 0 ? 1 : 0;
        gone += one[1] >= one[0] ? 1 : 0;
      }
    } finally {
      loaded.close();
    }
    int n = recordings.size() * plays;
    return new Outcome(
        n,
        seconds,
        seconds == 0 ? 0 : withheld / seconds,
        n == 0 ? 0 : (double) touched / n,
        n == 0 ? 0 : (double) gone / n);
  }

  /** Seconds of a recording, and those of them that were withheld. */
  private double[] play(Path file, short[] bed, int seed) throws IOException, InterruptedException {
    float[] read = AudioFiles.read(file, RATE_HERTZ).samples();
    short[] sound =
        Pcm16.fromFloats(
            Arrays.copyOf(read, (int) Math.min(read.length, LONGEST_SECONDS * RATE_HERTZ)));
    int from = RATE_HERTZ;
    int until = from + sound.length;
    short[] played = scene(sound, bed, from, until + 2 * RATE_HERTZ, seed);
    Count count = new Count(from, until);
    ModeSettings settings =
        new ModeSettings(
            Mode.FRAMES,
            PrivacyPolicy.WITHHOLD,
            Optional.of(bundle.folder()),
            Map.of(),
            ModeSettings.PRE_ROLL,
            ModeSettings.POST_ROLL,
            ModeSettings.SPEECH_THRESHOLD,
            guard);
    try (Ear ear = Ear.listening(settings, IDENTITY, "boot", RATE_HERTZ, count)) {
      for (int at = 0; at < played.length; at += RATE_HERTZ) {
        var unused =
            ear.accept(
                Arrays.copyOfRange(played, at, Math.min(played.length, at + RATE_HERTZ)),
                at * 1_000_000L / RATE_HERTZ);
      }
      var unused = ear.finish();
    }
    return new double[] {(double) sound.length / RATE_HERTZ, (double) count.withheld / RATE_HERTZ};
  }

  private short[] scene(short[] sound, short[] bed, int from, int length, int seed) {
    int peak = 1;
    for (short sample : sound) {
      peak = Math.max(peak, Math.abs(sample));
    }
    double gain = PEAK / peak;
    double bedGain =
        bed.length == 0
            ? 0
            : gain
                * Levels.amplitude(Levels.rmsDbfs(sound) - Levels.rmsDbfs(bed) - bedBelowDecibels);
    SplittableRandom random = new SplittableRandom(seed);
    short[] scene = new short[length];
    for (int i = 0; i < length; i++) {
      double value = (random.nextDouble() * 2 - 1) * FLOOR;
      if (i >= from && i < from + sound.length) {
        value += gain * sound[i - from];
      }
      if (bed.length > 0) {
        value += bedGain * bed[i % bed.length];
      }
      scene[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
    }
    return scene;
  }

  /** Counts the samples of the recording that are withheld. */
  private static final class Count implements Outbox {

    private final int from;
    private final int until;
    private int withheld;

    Count(int from, int until) {
      this.from = from;
      this.until = until;
    }

    @Override
    public void captured(short[] samples) {}

    @Override
    public boolean embedding(AudioEmbedding embedding) {
      return true;
    }

    @Override
    public boolean audio(
        short[] samples, long capturedAtMicros, Privacy privacy, boolean evidenceOnly) {
      int at = (int) (capturedAtMicros * RATE_HERTZ / 1_000_000);
      if (privacy == Privacy.WITHHELD) {
        withheld += Math.max(0, Math.min(until, at + samples.length) - Math.max(from, at));
      }
      return true;
    }

    @Override
    public void kept(short[] samples, long capturedAtMicros) {}
  }
}

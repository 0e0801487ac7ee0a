package io.tocsin.stack.bench.cluster;

import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.bench.scoring.FleetAudio;
import io.tocsin.stack.bench.scoring.FrameTopic;
import io.tocsin.stack.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Recordings as a fleet hears them, in Kafka before ScoringJob starts. */
public final class ScoringLoad {

  private static final int FRAME_MILLIS = 1_000;
  private static final int SENSORS = 128;

  private ScoringLoad() {}

  /**
   * Publishes the frames and waits until Kafka has them.
   *
   * @param windows that they hold, about
   */
  static LoadedJob preload(
      Cluster cluster,
      Path bundleFolder,
      List<Path> recordings,
      int windows,
      long seed,
      Consumer<String> progress)
      throws IOException {
    ModelBundle bundle = ModelBundle.load(bundleFolder);
    int samples = FRAME_MILLIS * bundle.sampleRateHertz() / 1_000;
    int frames = (windows / SENSORS * bundle.hopSamples() + bundle.windowSamples()) / samples + 1;
    try (FrameTopic topic =
        new FrameTopic(
            cluster.endpoints(),
            new FleetAudio(recordings, bundle.sampleRateHertz(), seed),
            bundle.sampleRateHertz(),
            "bench",
            SENSORS)) {
      topic.preload(frames, samples);
    }
    long there =
        SENSORS
            * WindowCutter.windowsOf(
                (long) frames * samples, bundle.windowSamples(), bundle.hopSamples());
    progress.accept(
        String.format(Locale.ROOT, "%d windows of %d sensors are in Kafka", there, SENSORS));
    return new LoadedJob(
        ScoringJob.NAME,
        "windows",
        "score_windows.windowsScored",
        there,
        callers -> List.of("--bundle=" + bundleFolder, "--callers=" + callers),
        settings -> ScoringJob.submit(SettingsFile.read(ScoringJobSettings.class, settings)));
  }

  /**
   * What ScoringJob reaches in a cluster that runs no job yet, from pre-loaded frames, alone.
   *
   * @param windows of the run
   * @param parallelism of the job, with as many threads for the model
   * @return windows per second
   */
  public static double saturation(
      Cluster cluster,
      Path bundle,
      List<Path> recordings,
      int windows,
      int parallelism,
      Path checkpoints,
      Consumer<String> progress)
      throws Exception {
    LoadedJob job = preload(cluster, bundle, recordings, windows, 1, progress);
    FlinkWay way =
        new FlinkWay(
            "cluster", cluster.endpoints().flinkUrl(), cluster.flink(), checkpoints, false);
    return CountedRun.of(
            job,
            way,
            List.of(
                "--kafka.bootstrapServers=" + cluster.endpoints().bootstrapServers(),
                "--kafka.registryUrl=" + cluster.endpoints().registryUrl()),
            "saturation",
            parallelism)
        .perSecond();
  }
}

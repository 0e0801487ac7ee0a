package io.tocsin.stack.bench.scoring;

import ai.onnxruntime.OrtException;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.LocalStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** The measurements of {@code bench scoring}, one after another, on a stack's servers. */
public final class ScoringMeasurement {

  private static final float FULL_SCALE = 32_768f;
  private static final int BARE_WINDOWS = 2_048;
  private static final int SWEEP_WINDOWS = 3_000;

  /**
   * How much is measured.
   *
   * @param windows about so many in each repetition
   * @param warmUps rounds that do not count
   * @param repetitions of each way, alternating
   * @param sensors whose frames are pre-loaded
   * @param frameMillis length of the pre-loaded frames
   * @param latencySeconds how long the open-loop load lasts
   * @param latencyFrameMillis length of its frames
   */
  public record Extent(
      int windows,
      int warmUps,
      int repetitions,
      int sensors,
      int frameMillis,
      int latencySeconds,
      int latencyFrameMillis) {}

  private final LocalStack stack;
  private final Path bundlePath;
  private final ModelBundle bundle;
  private final FleetAudio audio;
  private final Extent extent;
  private final int partitions;
  private final Consumer<String> progress;
  private final int cores = Runtime.getRuntime().availableProcessors();

  /**
   * Reads the recordings.
   *
   * @param partitions of the stack's topics
   * @param recordings folders with {@link AudioFiles#EXTENSIONS audio files}
   */
  public ScoringMeasurement(
      LocalStack stack,
      int partitions,
      Path bundle,
      List<Path> recordings,
      long seed,
      Extent extent,
      Consumer<String> progress)
      throws IOException {
    this.stack = stack;
    this.partitions = partitions;
    this.bundlePath = bundle;
    this.bundle = ModelBundle.load(bundle);
    this.audio = new FleetAudio(recordings, this.bundle.sampleRateHertz(), seed);
    this.extent = extent;
    this.progress = progress;
  }

  /** Measures everything. */
  public ScoringReport run() throws InterruptedException, ExecutionException, OrtException {
    int frameSamples = samples(extent.frameMillis());
    int frames =
        (extent.windows() / extent.sensors() * bundle.hopSamples() + bundle.windowSamples())
                / frameSamples
            + 1;
    long windows =
        extent.sensors()
            * WindowCutter.windowsOf(
                (long) frames * frameSamples, bundle.windowSamples(), bundle.hopSamples());
    try (FrameTopic topic =
        new FrameTopic(
            stack.endpoints(), audio, bundle.sampleRateHertz(), "bench", extent.sensors())) {
      topic.preload(frames, frameSamples);
    }
    say("%d windows of %d sensors are in Kafka", windows, extent.sensors());
    List<float[]> inMemory = inMemory();
    Map<BareLoop.Setting, Double> sweep = sweep(inMemory);
    BareLoop.Setting best = best(sweep, cores);
    BareLoop.Setting bestOfOne = best(sweep, 1);
    List<Double> bare = new ArrayList<>();
    List<Double> plain = new ArrayList<>();
    List<Double> plainPerCore = new ArrayList<>();
    List<Double> job = new ArrayList<>();
    try (BareLoop loop = new BareLoop(bundle, best);
        BareLoop loopOfOne = new BareLoop(bundle, bestOfOne)) {
      PlainConsumer consumer =
          new PlainConsumer(stack.endpoints(), bundle, loopOfOne, 1, bestOfOne.batch());
      PlainConsumer perCore =
          new PlainConsumer(stack.endpoints(), bundle, loop, best.callers(), best.batch());
      // Before it counts: for minutes of work the JVMs, the broker's too, compile what they run.
      for (int w = 1; w <= extent.warmUps(); w++) {
        loop.run(inMemory, SWEEP_WINDOWS);
        consumer.run(partitions, windows);
        perCore.run(partitions, windows);
        say("warm-up %d: ScoringJob %.0f windows/s", w, scoringJob("warm-up-" + w, windows));
      }
      for (int r = 1; r <= extent.repetitions(); r++) {
        bare.add(loop.run(inMemory, Math.toIntExact(windows)));
        plain.add(consumer.run(partitions, windows));
        plainPerCore.add(perCore.run(partitions, windows));
        job.add(scoringJob("bench-" + r, windows));
        say(
            "repetition %d: bare %.0f, plain consumer %.0f, one a core %.0f, ScoringJob %.0f windows/s",
            r, last(bare), last(plain), last(plainPerCore), last(job));
      }
    }
    ScoringReport.Latency latency = latency(median(job) / 2);
    return new ScoringReport(
        bundle.ref().toString(),
        cores,
        windows,
        new ScoringReport.Rate(median(bare), bare, best.toString()),
        new ScoringReport.Rate(median(plain), plain, bestOfOne.toString()),
        new ScoringReport.Rate(median(plainPerCore), plainPerCore, best.toString()),
        new ScoringReport.Rate(median(job), job, ScoringSettings.cpu().toString()),
        median(ratios(job, bare)),
        median(ratios(job, plain)),
        median(ratios(job, plainPerCore)),
        latency);
  }

  private double scoringJob(String group, long windows) throws InterruptedException {
    try (JobRun run = JobRun.start(stack, bundlePath, group, cores)) {
      return JobRun.windowsPerSecond(run.awaitWindows(windows));
    }
  }

  private List<float[]> inMemory() {
    List<float[]> windows = new ArrayList<>();
    for (int i = 0; i < BARE_WINDOWS; i++) {
      short[] heard = audio.at(1_000_000 + i).next(bundle.windowSamples());
      float[] window = new float[heard.length];
      for (int s = 0; s < window.length; s++) {
        window[s] = heard[s] / FULL_SCALE;
      }
      windows.add(window);
    }
    return windows;
  }

  private Map<BareLoop.Setting, Double> sweep(List<float[]> windows)
      throws OrtException, InterruptedException, ExecutionException {
    Map<BareLoop.Setting, Double> rates = new HashMap<>();
    for (int round = 0; round < 3; round++) {
      for (BareLoop.Setting setting : BareLoop.candidates(cores)) {
        try (BareLoop loop = new BareLoop(bundle, setting)) {
          loop.run(windows, SWEEP_WINDOWS / 10);
          rates.merge(setting, loop.run(windows, SWEEP_WINDOWS), Math::max);
        }
      }
    }
    rates.forEach((setting, rate) -> say("bare, %s: %.0f windows/s", setting, rate));
    return rates;
  }

  /** The fastest setting of those with at most so many callers. */
  private static BareLoop.Setting best(Map<BareLoop.Setting, Double> rates, int callers) {
    return rates.entrySet().stream()
        .filter(e -> e.getKey().callers() <= callers)
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  private ScoringReport.Latency latency(double load)
      throws InterruptedException, ExecutionException {
    double hopSeconds = (double) bundle.hopSamples() / bundle.sampleRateHertz();
    int sensors = Math.max(1, (int) Math.round(load * hopSeconds));
    say("half the load: %d sensors for %d s", sensors, extent.latencySeconds());
    OpenLoop.Sample sample =
        new OpenLoop(stack, partitions, bundlePath, audio)
            .run(
                "bench-latency",
                new OpenLoop.Load(sensors, extent.latencySeconds(), extent.latencyFrameMillis()),
                JobRun.Delivery.USUAL);
    return new ScoringReport.Latency(
        OpenLoop.quantile(sample.sinceWindowMillis(), 0.5),
        OpenLoop.quantile(sample.sinceWindowMillis(), 0.99),
        sensors / hopSeconds,
        sensors,
        extent.latencyFrameMillis(),
        sample.sinceWindowMillis().size(),
        sample.missing());
  }

  private int samples(int millis) {
    return millis * bundle.sampleRateHertz() / 1_000;
  }

  private void say(String line, Object... values) {
    progress.accept(String.format(Locale.ROOT, line, values));
  }

  private static double last(List<Double> values) {
    return values.get(values.size() - 1);
  }

  private static List<Double> ratios(List<Double> of, List<Double> to) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < of.size(); i++) {
      ratios.add(of.get(i) / to.get(i));
    }
    return ratios;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

package io.tocsin.stack.bench.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.LocalStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** ScoringJob under the same load in each way to deliver, in turns. */
public final class DeliveryMeasurement {

  private static final int WARM_UP_SECONDS = 20;

  /**
   * How much is measured.
   *
   * @param checkpoints intervals between checkpoints, each with both ways to deliver
   * @param repetitions of each
   */
  public record Extent(
      int sensors, int seconds, int frameMillis, List<Duration> checkpoints, int repetitions) {

    public Extent {
      checkpoints = List.copyOf(checkpoints);
    }
  }

  private final OpenLoop loop;
  private final ModelBundle bundle;
  private final Extent extent;
  private final Consumer<String> progress;

  /**
   * Reads the recordings.
   *
   * @param partitions of the stack's topics
   * @param recordings folders with audio files
   */
  public DeliveryMeasurement(
      LocalStack stack,
      int partitions,
      Path bundle,
      List<Path> recordings,
      long seed,
      Extent extent,
      Consumer<String> progress)
      throws IOException {
    this.bundle = ModelBundle.load(bundle);
    this.loop =
        new OpenLoop(
            stack,
            partitions,
            bundle,
            new FleetAudio(recordings, this.bundle.sampleRateHertz(), seed));
    this.extent = extent;
    this.progress = progress;
  }

  /** Measures everything. */
  public DeliveryReport run() throws InterruptedException, ExecutionException {
    OpenLoop.Load load =
        new OpenLoop.Load(extent.sensors(), extent.seconds(), extent.frameMillis());
    // Before it counts: the JVMs, the broker's too, compile what they run.
    var unused =
        loop.run(
            "bench-delivery-warm-up",
            new OpenLoop.Load(extent.sensors(), WARM_UP_SECONDS, extent.frameMillis()),
            new JobRun.Delivery(true, Duration.ofSeconds(1)));
    Map<JobRun.Delivery, List<OpenLoop.Sample>> samples = new LinkedHashMap<>();
    for (int repetition = 1; repetition <= extent.repetitions(); repetition++) {
      for (Duration interval : extent.checkpoints()) {
        for (boolean exactlyOnce : List.of(false, true)) {
          JobRun.Delivery delivery = new JobRun.Delivery(exactlyOnce, interval);
          String fleet =
              "bench-delivery-%d-%d-%b".formatted(repetition, interval.toMillis(), exactlyOnce);
          OpenLoop.Sample sample = loop.run(fleet, load, delivery);
          samples.computeIfAbsent(delivery, d -> new ArrayList<>()).add(sample);
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "repetition %d, %s, checkpoints every %.1f s: %.0f ms median of %d",
                  repetition,
                  DeliveryReport.Mode.word(delivery),
                  interval.toMillis() / 1e3,
                  OpenLoop.quantile(sample.sinceFrameMillis(), 0.5),
                  sample.sinceFrameMillis().size()));
        }
      }
    }
    List<DeliveryReport.Mode> modes = new ArrayList<>();
    samples.forEach((delivery, all) -> modes.add(DeliveryReport.Mode.of(delivery, all)));
    return new DeliveryReport(
        bundle.ref().toString(),
        Runtime.getRuntime().availableProcessors(),
        extent.sensors(),
        extent.seconds(),
        extent.frameMillis(),
        (double) extent.sensors() * bundle.sampleRateHertz() / bundle.hopSamples(),
        modes);
  }
}

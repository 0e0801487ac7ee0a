package io.tocsin.stack.faults;

import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.SensorLink;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.StackException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two sensors, far from everybody, whose capture clock steps forward and back by half a minute and
 * by ten minutes while they hear what the two lone sensors of the known load hear; and by hours and
 * decades, for a frame each, which nobody may believe. What must come of them is told by the same
 * pure code that the job is made of, over the frames that can be believed.
 */
final class ClockSteps {

  private static final int FIRST_SENSOR = 6;
  private static final int SENSORS = 2;
  private static final double AWAY_DEGREES = -8;
  private static final double AUDIBLE_METRES = 400;
  private static final long UNCERTAINTY_MICROS = 1_000;
  private static final long SECOND_MICROS = 1_000_000;

  /** Frames between two steps. */
  private static final int FRAMES_EACH = 7;

  /** Seconds that the clock is off by, stretch by stretch. */
  private static final int[] OFF_SECONDS = {0, 30, 0, -30, 600, -600, 0};

  /** Number of a frame that is dated two hours ahead. */
  private static final int AHEAD = 20;

  /** Number of a frame that is dated as by a clock that was never set. */
  private static final int NEVER_SET = 40;

  private final KnownLoad load;
  private final int fleet;
  private final long startMicros;

  private ClockSteps(KnownLoad load, int fleet, long startMicros) {
    this.load = load;
    this.fleet = fleet;
    this.startMicros = startMicros;
  }

  /**
   * Publishes all frames at once, dated so that an unstepped clock would have just ended.
   *
   * @param fleet number of the fleet that plays meanwhile
   */
  static Beside play(Endpoints endpoints, KnownLoad load, ModelBundle bundle, int fleet)
      throws InterruptedException {
    long lengthMicros = (long) load.frames() * KnownLoad.FRAME_MILLIS * 1_000;
    ClockSteps steps =
        new ClockSteps(
            load, fleet, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - lengthMicros);
    steps.publish(endpoints);
    List<String> expected = steps.expected(bundle);
    if (expected.isEmpty()) {
      throw new StackException(
          "of the sensors whose clocks step no detection is expected: they prove nothing");
    }
    return new Beside(steps.name(), expected, 2 * SENSORS);
  }

  private String name() {
    return "stepping-%04d".formatted(fleet);
  }

  private String sensorId(int sensor) {
    return "%s-%02d".formatted(name(), sensor);
  }

  private void publish(Endpoints endpoints) {
    Clock clock =
        Clock.newBuilder()
            .setSource(ClockSource.GPS)
            .setUncertaintyMicros(UNCERTAINTY_MICROS)
            .build();
    try (FleetProducer kafka =
        FleetProducer.connect(
            endpoints.bootstrapServers(),
            Registry.connect(new RegistrySettings(endpoints.registryUrl(), false)),
            false,
            Map.of())) {
      for (int sensor = 0; sensor < SENSORS; sensor++) {
        KnownLoad.Site site = load.sites().get(FIRST_SENSOR + sensor).of(fleet);
        SensorLink link =
            new SensorLink(
                SensorIdentity.of(
                    sensorId(sensor),
                    site.latitudeDegrees() + AWAY_DEGREES,
                    site.longitudeDegrees(),
                    AUDIBLE_METRES,
                    clock),
                kafka,
                name(),
                KnownScene.SAMPLE_RATE_HERTZ,
                AudioEncoding.PCM_S16LE);
        for (int frame = 0; frame < load.frames(); frame++) {
          var unused = link.send(load.frame(FIRST_SENSOR + sensor, frame), capturedMicros(frame));
        }
      }
      kafka.flush();
    }
  }

  /** As the stepping clock tells it. */
  private long capturedMicros(int frame) {
    if (frame == NEVER_SET) {
      return SECOND_MICROS;
    }
    long off =
        frame == AHEAD
            ? Duration.ofHours(2).toSeconds()
            : OFF_SECONDS[Math.min(frame / FRAMES_EACH, OFF_SECONDS.length - 1)];
    return startMicros + 1_000L * frame * KnownLoad.FRAME_MILLIS + off * SECOND_MICROS;
  }

  private List<String> expected(ModelBundle bundle) throws InterruptedException {
    List<String> ids = new ArrayList<>();
    try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
      WindowAnnotator annotator = new WindowAnnotator(bundle);
      DetectionTracker tracker = new DetectionTracker(bundle);
      for (int sensor = 0; sensor < SENSORS; sensor++) {
        @Nullable TrackerState state = null;
        for (AudioWindow window : windows(bundle, sensor)) {
          ScoredWindow scored = annotator.annotated(window, scorer.score(window.samples()).join());
          DetectionTracker.Step step = tracker.accept(state, scored);
          state = step.state();
          step.detections().stream().map(SoundDetection::detectionId).forEach(ids::add);
        }
      }
    }
    return ids;
  }

  private List<AudioWindow> windows(ModelBundle bundle, int sensor) {
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(),
            bundle.windowSamples(),
            bundle.hopSamples(),
            WindowCutter.MOST_EARLY);
    List<AudioWindow> windows = new ArrayList<>();
    @Nullable CutterState state = null;
    for (int frame = 0; frame < load.frames(); frame++) {
      if (frame != AHEAD && frame != NEVER_SET) {
        CutResult cut =
            cutter.accept(
                state,
                FrameAudio.of(
                    sensorId(sensor),
                    name(),
                    frame,
                    capturedMicros(frame),
                    ClockSource.GPS.name(),
                    UNCERTAINTY_MICROS,
                    KnownScene.SAMPLE_RATE_HERTZ,
                    load.frame(FIRST_SENSOR + sensor, frame)));
        state = cut.state();
        windows.addAll(cut.windows());
      }
    }
    return windows;
  }
}

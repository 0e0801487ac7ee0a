package io.tocsin.stack.bench;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Settings;
import io.tocsin.association.Severity;
import io.tocsin.association.SiteIndex;
import io.tocsin.audio.Pcm16;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.simulator.Scene;
import io.tocsin.simulator.SceneRenderer;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.DefaultPatterns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A scene through the same scorer and association as the jobs use, without Kafka and Flink: quick
 * enough to look at many seeds. Picks come in the order in which their sounds end.
 */
final class Rehearsal {

  private static final long SCENE_START_MICROS = 1_700_000_000_000_000L;
  private static final long CLOCK_UNCERTAINTY_MICROS = 1_000;
  private static final long LATENESS_MICROS = 30_000_000;

  private final SoundLibrary library;
  private final ModelBundle bundle;
  private final WindowScorer scorer;

  Rehearsal(SoundLibrary library, ModelBundle bundle, WindowScorer scorer) {
    this.library = library;
    this.bundle = bundle;
    this.scorer = scorer;
  }

  /**
   * What came out.
   *
   * @param scoringSeconds rendering not included
   */
  record Outcome(
      long seed,
      int windows,
      int picks,
      int truePairs,
      int found,
      int falseAlarms,
      int duplicates,
      double precision,
      double recall,
      double locationErrorP50Metres,
      double scoringSeconds,
      double associationSeconds,
      List<String> missed) {}

  Outcome run(long seed) throws IOException, InterruptedException, ExecutionException {
    SceneSettings settings = SceneSettings.demo(seed);
    SceneTruth truth = Scene.compose(settings, library);
    SceneRenderer.Clips clips = new SceneRenderer.Clips();
    List<Pick> picks = new ArrayList<>();
    Map<String, SensorSite> sites = new TreeMap<>();
    int windows = 0;
    double scoringSeconds = 0;
    for (int i = 0; i < truth.sensors().size(); i++) {
      SceneTruth.SensorTruth sensor = truth.sensors().get(i);
      GeoPoint place = new GeoPoint(sensor.latitudeDegrees(), sensor.longitudeDegrees());
      sites.put(
          sensor.sensorId(),
          new SensorSite(sensor.sensorId(), place, settings.audibleRadiusMetres()));
      SceneRenderer renderer = new SceneRenderer(truth, i, settings, library, clips);
      List<AudioWindow> heard = windows(renderer, sensor.sensorId(), truth, settings);
      windows += heard.size();
      long started = System.nanoTime();
      picks.addAll(picks(heard, place));
      scoringSeconds += (System.nanoTime() - started) / 1e9;
    }
    picks.sort(Comparator.comparingLong(Pick::endMicros).thenComparing(Pick::detectionId));
    long started = System.nanoTime();
    List<AlertEvaluation.RaisedAlert> raised = raised(picks, sites);
    double associationSeconds = (System.nanoTime() - started) / 1e9;
    AlertEvaluation.Result result = AlertEvaluation.evaluate(truth, raised);
    return new Outcome(
        seed,
        windows,
        picks.size(),
        truth.distress().size(),
        result.matches().size(),
        result.falseAlarms().size(),
        result.duplicates().size(),
        result.precision(),
        result.recall(),
        AlertEvaluation.quantile(
            result.matches().stream().mapToDouble(AlertEvaluation.Match::errorMetres).toArray(),
            0.5),
        scoringSeconds,
        associationSeconds,
        result.missed().stream().map(SceneTruth.Distress::incident).toList());
  }

  private List<AudioWindow> windows(
      SceneRenderer renderer, String sensorId, SceneTruth truth, SceneSettings settings)
      throws IOException {
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(),
            bundle.windowSamples(),
            bundle.hopSamples(),
            Duration.ofSeconds(5));
    List<AudioWindow> windows = new ArrayList<>();
    CutterState state = null;
    for (int second = 0; second < truth.durationSeconds(); second++) {
      FrameAudio frame =
          FrameAudio.of(
              sensorId,
              "rehearsal",
              second,
              SCENE_START_MICROS + second * 1_000_000L,
              "GPS",
              CLOCK_UNCERTAINTY_MICROS,
              settings.sampleRateHertz(),
              Pcm16.fromFloats(renderer.next(settings.sampleRateHertz())));
      CutResult cut = cutter.accept(state, frame);
      state = cut.state();
      windows.addAll(cut.windows());
    }
    return windows;
  }

  private List<Pick> picks(List<AudioWindow> windows, GeoPoint place)
      throws InterruptedException, ExecutionException {
    WindowAnnotator annotator = new WindowAnnotator(bundle);
    DetectionTracker tracker = new DetectionTracker(bundle);
    List<SoundDetection> detections = new ArrayList<>();
    @Nullable TrackerState state = null;
    for (AudioWindow window : windows) {
      ScoredWindow scored = annotator.annotated(window, scorer.score(window.samples()).get());
      DetectionTracker.Step step = tracker.accept(state, scored);
      state = step.state();
      detections.addAll(step.detections());
    }
    if (state != null) {
      detections.addAll(tracker.flush(state).detections());
    }
    return detections.stream()
        .map(
            d ->
                new Pick(
                    d.detectionId(),
                    d.sensorId(),
                    place,
                    d.label(),
                    d.probability(),
                    d.onsetMicros(),
                    d.onsetSigmaMicros(),
                    d.endMicros(),
                    CLOCK_UNCERTAINTY_MICROS))
        .toList();
  }

  private static List<AlertEvaluation.RaisedAlert> raised(
      List<Pick> picks, Map<String, SensorSite> sites) {
    var published = DefaultPatterns.glassThenCry();
    Pattern pattern =
        new Pattern(
            published.getPatternId(),
            published.getLabels(),
            published.getWithinMillis() * 1_000,
            published.getWithinMetres(),
            published.getMinimumProbability(),
            published.getMinimumSensors(),
            Severity.valueOf(published.getSeverity().name()),
            true);
    SiteIndex index = new SiteIndex(sites.values().iterator().next().place());
    sites.values().forEach(index::put);
    CellAssociator cell =
        new CellAssociator(Settings.DEFAULT, index, List.of(pattern), place -> true);
    Map<String, Alert> last = new LinkedHashMap<>();
    CellAssociator.Voice voice =
        new CellAssociator.Voice() {
          @Override
          public void event(CellAssociator.RevisedEvent event) {}

          @Override
          public void alert(Alert alert) {
            last.put(alert.alertId(), alert);
          }
        };
    for (Pick pick : picks) {
      long watermarkMicros = pick.endMicros() - LATENESS_MICROS;
      cell.add(pick, watermarkMicros, voice);
      cell.settle(watermarkMicros, voice);
    }
    cell.settleAll(voice);
    return last.values().stream()
        .filter(a -> a.state() != Alert.State.RETRACTED)
        .map(Rehearsal::raised)
        .toList();
  }

  private static AlertEvaluation.RaisedAlert raised(Alert alert) {
    return new AlertEvaluation.RaisedAlert(
        alert.alertId(),
        (alert.startedMicros() - SCENE_START_MICROS) / 1e6,
        alert.location().point().latitudeDegrees(),
        alert.location().point().longitudeDegrees(),
        alert.location().semiMajorMetres(),
        alert.probability(),
        0,
        alert.explanation());
  }
}

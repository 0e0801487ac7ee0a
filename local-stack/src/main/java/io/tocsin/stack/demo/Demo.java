package io.tocsin.stack.demo;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.simulator.Scene;
import io.tocsin.simulator.SceneMap;
import io.tocsin.simulator.ScenePlayer;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackException;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Plays a scene into a running stack, listens as a consumer would, and judges what came out. */
public final class Demo {

  private static final Duration SCORING_CATCHES_UP = Duration.ofMinutes(2);
  private static final Duration ALERTS_CLOSE = Duration.ofSeconds(150);
  private static final Duration ARCHIVE_CATCHES_UP = Duration.ofMinutes(1);
  private static final long BETWEEN_LOOKS_MILLIS = 250;
  private static final long BETWEEN_UPDATES_MILLIS = 500;
  private static final double PROGRESS_SECONDS = 20;
  private static final int RADIUS_METRES = 500;

  private final DemoSettings settings;
  private final LocalStack stack;
  private final Consumer<String> out;
  private final SceneSettings sceneSettings;
  private final ModelBundle bundle;
  private final SoundLibrary library;
  private final SceneTruth truth;
  private final Map<String, Long> toldMillis = new HashMap<>();

  Demo(DemoSettings settings, LocalStack stack, Consumer<String> out) throws IOException {
    this.settings = settings;
    this.stack = stack;
    this.out = out;
    this.sceneSettings = SceneSettings.demo(settings.seed(), settings.sensors(), settings.pairs());
    this.bundle = ModelBundle.load(settings.bundle());
    this.library = new SoundLibrary(settings.audio(), trainedOn(settings.bundle()));
    this.truth = Scene.compose(sceneSettings, library);
  }

  /** Digests of the clips that the model was trained on: they would prove nothing. */
  public static Set<String> trainedOn(Path bundle) throws IOException {
    Path manifest = bundle.resolve("manifest.csv");
    if (!Files.exists(manifest)) {
      return Set.of();
    }
    Set<String> digests = new HashSet<>();
    for (String line : Files.readAllLines(manifest)) {
      digests.add(line.split(",", 2)[0]);
    }
    return digests;
  }

  /** Says what is about to be played. */
  void introduce() {
    out.accept("recordings: " + library.summary());
    out.accept(
        String.format(
            Locale.ROOT,
            "scene: %d sensors around %.4f, %.4f; %.0f s with %d true pairs and %d decoys,"
                + " played at %.1f times real time",
            truth.sensors().size(),
            sceneSettings.latitudeDegrees(),
            sceneSettings.longitudeDegrees(),
            truth.durationSeconds(),
            truth.distress().size(),
            incidents().size() - truth.distress().size(),
            settings.speed()));
  }

  /** Plays, waits until all is said and stored, and judges. */
  DemoReport run() throws IOException, InterruptedException, SQLException {
    SchemaRegistryClient registry =
        Registry.connect(new RegistrySettings(stack.endpoints().registryUrl(), false));
    try (AlertWatch watch =
            new AlertWatch(stack.endpoints().bootstrapServers(), registry, this::tell);
        FleetProducer fleet =
            FleetProducer.connect(
                stack.endpoints().bootstrapServers(), registry, false, Map.of())) {
      watch.start();
      ScenePlayer player = new ScenePlayer(truth, sceneSettings, library, fleet, settings.speed());
      long startedNanos = System.nanoTime();
      double[] next = {PROGRESS_SECONDS};
      player.play(
          seconds -> {
            if (seconds >= next[0]) {
              next[0] += PROGRESS_SECONDS;
              progress(seconds, watch);
            }
          });
      fleet.flush();
      long expected = windowsExpected(player.samplesPerSensor());
      long scored = awaitWindows(expected);
      double seconds = (System.nanoTime() - startedNanos) / 1e9;
      out.accept(
          String.format(
              Locale.ROOT,
              "all %d frames played; %d of %d windows scored; waiting for the alerts to close",
              player.framesProduced(),
              scored,
              expected));
      await(ALERTS_CLOSE, watch::allSettled);
      return judge(player, watch, expected, scored, scored / seconds);
    }
  }

  /** Every opening and closing; updates follow each pick, so that one in a while will do. */
  private void tell(AlertWatch.Told told) {
    DistressAlert alert = told.alert();
    Long before = toldMillis.get(alert.getAlertId());
    if (alert.getState() == AlertState.UPDATED
        && before != null
        && told.atMillis() - before < BETWEEN_UPDATES_MILLIS) {
      return;
    }
    toldMillis.put(alert.getAlertId(), told.atMillis());
    out.accept(
        String.format(
            Locale.ROOT,
            "  %-9s %s  revision %d  p=%.3f  %s",
            alert.getState(),
            alert.getAlertId().substring(0, 8),
            alert.getRevision(),
            alert.getProbability(),
            alert.getExplanation()));
  }

  private void progress(double seconds, AlertWatch watch) {
    out.accept(
        String.format(
            Locale.ROOT,
            "%3.0f of %.0f s played: %d detections, %d alerts",
            seconds,
            truth.durationSeconds(),
            watch.detections(),
            watch.latest().size()));
  }

  private long windowsExpected(long samplesPerSensor) {
    long windows = (samplesPerSensor - bundle.windowSamples()) / bundle.hopSamples() + 1;
    return windows * truth.sensors().size();
  }

  private long awaitWindows(long expected) throws InterruptedException, IOException {
    FlinkRest.Job job = stack.flink().awaitRunning(ScoringJob.NAME, SCORING_CATCHES_UP);
    long[] scored = {0};
    await(
        SCORING_CATCHES_UP,
        () -> {
          scored[0] = Math.round(stack.flink().sumOfMetric(job.id(), "windowsScored"));
          return scored[0] >= expected;
        });
    // One more look at more than a metric's age: there must be none too many either.
    TimeUnit.SECONDS.sleep(3);
    return Math.round(stack.flink().sumOfMetric(job.id(), "windowsScored"));
  }

  private DemoReport judge(
      ScenePlayer player, AlertWatch watch, long expected, long scored, double windowsPerSecond)
      throws SQLException, InterruptedException, IOException {
    try (Connection connection = stack.connect()) {
      Archive archive = new Archive(connection);
      await(
          ARCHIVE_CATCHES_UP,
          () ->
              archive.differences(watch.latest()).isEmpty()
                  && archive.rows().getOrDefault("detection", 0L) >= watch.detections());
      Map<String, DistressAlert> last = watch.latest();
      AlertEvaluation.Result result =
          AlertEvaluation.evaluate(truth, raised(last, watch.opened(), player));
      Map<String, Long> rows = archive.rows();
      DemoReport report =
          new DemoReport(
              incidents().stream().map(i -> incident(i, result)).toList(),
              last.values().stream().map(a -> found(a, result, player)).toList(),
              result.precision(),
              result.recall(),
              DemoReport.locationError(result),
              latency(
                  new AlertLatency(last, a -> sceneSeconds(a.getStartedAt(), player))
                      .firstWords(watch.opened(), result),
                  player),
              player.framesProduced(),
              player.duplicatesProduced(),
              expected,
              scored,
              windowsPerSecond,
              watch.detections(),
              watch.revisions(),
              (int)
                  last.values().stream().filter(a -> a.getState() == AlertState.RETRACTED).count(),
              (int) last.values().stream().filter(a -> a.getReplacedBy() != null).count(),
              rows.values().stream().mapToLong(Long::longValue).sum(),
              rows,
              result.duplicates().size() + archive.repeatedDetections(),
              archive.differences(last),
              truth.durationSeconds(),
              settings.speed(),
              settings.sensors(),
              settings.seed());
      Path map = stack.stateDir().resolve("scene.svg");
      Files.writeString(
          map,
          SceneMap.svg(
              truth, result, sceneSettings.latitudeDegrees(), sceneSettings.longitudeDegrees()));
      DemoSummary.print(report, out);
      Archive.Answer answer =
          archive.alertsNear(
              sceneSettings.latitudeDegrees(),
              sceneSettings.longitudeDegrees(),
              RADIUS_METRES,
              instant(player.sceneStartMicros()));
      out.accept("");
      out.accept(
          "PostGIS, asked for alerts within " + RADIUS_METRES + " m of the middle of the scene:");
      answer.question().lines().forEach(line -> out.accept("  " + line));
      out.accept("");
      answer.lines().forEach(line -> out.accept("  " + line));
      out.accept("");
      out.accept("map: " + map);
      return report;
    }
  }

  private List<String> incidents() {
    return truth.sounds().stream()
        .map(SceneTruth.Sound::incident)
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new))
        .stream()
        .toList();
  }

  private DemoReport.Incident incident(String name, AlertEvaluation.Result result) {
    List<SceneTruth.Sound> sounds =
        truth.sounds().stream().filter(s -> s.incident().equals(name)).toList();
    SceneTruth.Sound first = sounds.get(0);
    return new DemoReport.Incident(
        name,
        DemoReport.isDistress(truth, name),
        first.atSeconds(),
        first.latitudeDegrees(),
        first.longitudeDegrees(),
        sounds.stream()
            .map(
                s ->
                    s.role().name().toLowerCase(Locale.ROOT)
                        + " "
                        + Path.of(s.file()).getFileName())
            .toList(),
        DemoReport.alertOf(result, name));
  }

  private DemoReport.FoundAlert found(
      DistressAlert alert, AlertEvaluation.Result result, ScenePlayer player) {
    return new DemoReport.FoundAlert(
        alert.getAlertId(),
        alert.getRevision(),
        alert.getState().name(),
        DemoReport.incidentOf(result, alert.getAlertId()),
        sceneSeconds(alert.getStartedAt(), player),
        alert.getLocation().getPlace().getLatitudeDegrees(),
        alert.getLocation().getPlace().getLongitudeDegrees(),
        alert.getLocation().getEllipse().getSemiMajorMetres(),
        alert.getProbability(),
        alert.getExplanation());
  }

  private static List<AlertEvaluation.RaisedAlert> raised(
      Map<String, DistressAlert> last, Map<String, AlertWatch.Told> opened, ScenePlayer player) {
    List<AlertEvaluation.RaisedAlert> raised = new ArrayList<>();
    for (DistressAlert alert : last.values()) {
      AlertWatch.Told first = opened.get(alert.getAlertId());
      if (alert.getState() != AlertState.RETRACTED && first != null) {
        raised.add(
            new AlertEvaluation.RaisedAlert(
                alert.getAlertId(),
                sceneSeconds(alert.getStartedAt(), player),
                alert.getLocation().getPlace().getLatitudeDegrees(),
                alert.getLocation().getPlace().getLongitudeDegrees(),
                alert.getLocation().getEllipse().getSemiMajorMetres(),
                alert.getProbability(),
                first.atMillis(),
                alert.getExplanation()));
      }
    }
    return raised;
  }

  private static DemoReport.Latency latency(
      Collection<AlertWatch.Told> firstWords, ScenePlayer player) {
    double[] millis =
        firstWords.stream()
            .mapToDouble(
                told -> {
                  double heardBy = sceneSeconds(told.alert().getEndedAt(), player);
                  return told.atMillis() - player.publishedMillis(heardBy);
                })
            .toArray();
    return new DemoReport.Latency(
        AlertEvaluation.quantile(millis, 0.5),
        AlertEvaluation.quantile(millis, 0.95),
        AlertEvaluation.quantile(millis, 0.99));
  }

  private static double sceneSeconds(Instant at, ScenePlayer player) {
    return (ChronoUnit.MICROS.between(Instant.EPOCH, at) - player.sceneStartMicros()) / 1e6;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** What may fail while it is asked. */
  private interface Condition {
    boolean holds() throws IOException, InterruptedException, SQLException;
  }

  /** Waits for a condition, at most so long: what is missing then shows in the report. */
  private void await(Duration longest, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (System.nanoTime() < deadline) {
      if (stack.unexpectedEnd().isDone()) {
        throw LocalStack.endedUnexpectedly(stack.unexpectedEnd().join());
      }
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException | SQLException e) {
        throw new StackException("the stack does not answer: " + e, e);
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS);
    }
  }
}

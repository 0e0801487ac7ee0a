package io.tocsin.stack.bench.modes;

import io.tocsin.audio.Pcm16;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.stack.StackException;
import io.tocsin.stack.bench.outage.OutageRig;
import io.tocsin.stack.bench.scoring.FleetAudio;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures the modes of a sensor, each as a process of its own. */
final class EdgeModes {

  /**
   * How long and how many.
   *
   * @param seconds that are measured
   * @param warmUpSeconds before them
   * @param streams that share one core
   */
  record Extent(int seconds, int warmUpSeconds, int streams) {}

  private static final int RATE_HERTZ = 16_000;
  private static final int START_SECONDS = 3;
  private static final int REST_SECONDS = 3;
  private static final Duration END_WITHIN = Duration.ofSeconds(60);
  private static final String SHARED_MODE = "frames, FLAC";

  private final OutageRig rig;
  private final FleetAudio audio;
  private final Extent extent;
  private final Map<String, List<String>> options;
  private final Consumer<String> progress;

  EdgeModes(
      OutageRig rig, FleetAudio audio, Path bundle, Extent extent, Consumer<String> progress) {
    this.rig = rig;
    this.audio = audio;
    this.extent = extent;
    this.options = EdgeModesReport.options(bundle.toString());
    this.progress = progress;
  }

  /** From the start of a process to its first sample and frame, of one mode after the other. */
  List<EdgeModesReport.Start> starts() throws IOException, InterruptedException {
    Path pcm = recording("start", 0, START_SECONDS);
    List<EdgeModesReport.Start> starts = new ArrayList<>();
    for (String mode : List.of(SHARED_MODE, "frames, FLAC, speech withheld")) {
      progress.accept("starting: " + mode);
      try (SensorProcess sensor =
          SensorProcess.start(rig, "start-" + starts.size(), pcm, List.of(), options(mode))) {
        awaitEnd(sensor);
        Arrivals.Audio heard = arrivals().get(sensor.sensorId());
        if (heard == null) {
          throw new StackException("no frame of " + mode + " came; it said:\n" + sensor.said());
        }
        starts.add(
            new EdgeModesReport.Start(
                mode,
                seconds(Duration.between(sensor.startedAt(), heard.firstCapturedAt())),
                seconds(Duration.between(sensor.startedAt(), heard.firstSentAt()))));
      }
    }
    return starts;
  }

  /** Every mode at once, in real time, on the same sound. */
  List<EdgeModesReport.ModeCost> modes() throws IOException, InterruptedException {
    int length = extent.warmUpSeconds() + extent.seconds() + REST_SECONDS;
    Path pcm = recording("modes", 1, length);
    List<SensorProcess> sensors = new ArrayList<>();
    List<String> names = List.copyOf(options.keySet());
    try {
      for (String mode : names) {
        sensors.add(
            SensorProcess.start(rig, "mode-" + sensors.size(), pcm, List.of(), options(mode)));
      }
      progress.accept("%d modes warm up for %d s".formatted(names.size(), extent.warmUpSeconds()));
      TimeUnit.SECONDS.sleep(extent.warmUpSeconds());
      List<Mark> from = marks(sensors);
      progress.accept("they are measured for %d s".formatted(extent.seconds()));
      TimeUnit.SECONDS.sleep(extent.seconds());
      List<Mark> until = marks(sensors);
      for (SensorProcess sensor : sensors) {
        awaitEnd(sensor);
      }
      Map<String, Arrivals.Audio> arrived = arrivals();
      List<EdgeModesReport.ModeCost> costs = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        SensorProcess sensor = sensors.get(i);
        Arrivals.Audio audio =
            arrived.getOrDefault(
                sensor.sensorId(),
                new Arrivals.Audio(sensor.startedAt(), sensor.startedAt(), Map.of()));
        costs.add(cost(names.get(i), from.get(i), until.get(i), audio, length));
      }
      return costs;
    } finally {
      sensors.forEach(SensorProcess::close);
    }
  }

  private static EdgeModesReport.ModeCost cost(
      String mode, Mark from, Mark until, Arrivals.Audio audio, int length) {
    double seconds = (until.nanos() - from.nanos()) / 1e9;
    return new EdgeModesReport.ModeCost(
        mode,
        (until.wireBytes() - from.wireBytes()) / seconds,
        (until.cpuSeconds() - from.cpuSeconds()) / seconds,
        until.residentMebibytes(),
        audio.seconds(Privacy.NONE) / length,
        audio.seconds(Privacy.BLURRED) / length,
        audio.seconds(Privacy.WITHHELD) / length);
  }

  /** As many sensors as asked for on the first core. */
  EdgeModesReport.OneCore oneCore() throws IOException, InterruptedException {
    // As many JVMs start on a single core.
    int warmUpSeconds = 2 * extent.warmUpSeconds();
    int length = warmUpSeconds + extent.seconds() / 2 + REST_SECONDS;
    List<SensorProcess> sensors = new ArrayList<>();
    try {
      for (int s = 0; s < extent.streams(); s++) {
        sensors.add(
            SensorProcess.start(
                rig,
                "core-" + s,
                recording("core-" + s, 2 + s, length),
                List.of("taskset", "-c", "0"),
                options(SHARED_MODE)));
      }
      progress.accept("%d streams on one core".formatted(sensors.size()));
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      double before = cpuSeconds(sensors);
      long from = System.nanoTime();
      TimeUnit.SECONDS.sleep(extent.seconds() / 2);
      double used = cpuSeconds(sensors) - before;
      double share = used * 1e9 / (System.nanoTime() - from);
      boolean kept = true;
      for (SensorProcess sensor : sensors) {
        kept &= sensor.await(END_WITHIN) && sensor.exitCode() == 0;
      }
      return new EdgeModesReport.OneCore(sensors.size(), SHARED_MODE, share, kept);
    } finally {
      sensors.forEach(SensorProcess::close);
    }
  }

  private static double cpuSeconds(List<SensorProcess> sensors) {
    return sensors.stream().mapToDouble(SensorProcess::cpuSeconds).sum();
  }

  private List<String> options(String mode) {
    return options.getOrDefault(mode, List.of());
  }

  private Map<String, Arrivals.Audio> arrivals() {
    return Arrivals.read(rig.kafkaAddress(), rig.registryClient());
  }

  /** Where a sensor stands. */
  private record Mark(long nanos, double cpuSeconds, double wireBytes, double residentMebibytes) {}

  private static List<Mark> marks(List<SensorProcess> sensors) throws IOException {
    List<Mark> marks = new ArrayList<>();
    for (SensorProcess sensor : sensors) {
      marks.add(
          new Mark(
              System.nanoTime(),
              sensor.cpuSeconds(),
              sensor.wireBytes(),
              sensor.residentMebibytes()));
    }
    return marks;
  }

  private static void awaitEnd(SensorProcess sensor) throws InterruptedException {
    if (!sensor.await(END_WITHIN) || sensor.exitCode() != 0) {
      throw new StackException(
          sensor.sensorId() + " did not publish everything; it said:\n" + sensor.said());
    }
  }

  private Path recording(String name, int ear, int seconds) throws IOException {
    Path file = rig.folder().resolve(name + ".pcm");
    FleetAudio.Ear sound = audio.at(ear);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (int s = 0; s < seconds; s++) {
        out.write(Pcm16.encode(sound.next(RATE_HERTZ)).array());
      }
    }
    return file;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}

package io.tocsin.stack.bench.modes;

import io.tocsin.edge.TocsinSensor;
import io.tocsin.stack.Distribution;
import io.tocsin.stack.StackException;
import io.tocsin.stack.bench.outage.OutageRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** tocsin-sensor in a process of its own, started as its systemd unit starts it. */
final class SensorProcess implements AutoCloseable {

  /** Options of its JVM. */
  static final List<String> JVM =
      Stream.concat(OutageRig.SENSOR_JVM.stream(), Stream.of("-Duser.timezone=UTC")).toList();

  private final String sensorId;
  private final Process process;
  private final Path wire;
  private final Path said;
  private final Instant startedAt;

  private SensorProcess(String sensorId, Process process, Path wire, Path said, Instant startedAt) {
    this.sensorId = sensorId;
    this.process = process;
    this.wire = wire;
    this.said = said;
    this.startedAt = startedAt;
  }

  /**
   * Starts one that hears a file in real time.
   *
   * @param pcm 16 bits, mono, 16 kHz
   * @param before what the command line begins with, such as taskset
   * @param options beside those that every sensor has
   */
  static SensorProcess start(
      OutageRig rig, String sensorId, Path pcm, List<String> before, List<String> options)
      throws IOException {
    Distribution distribution = Distribution.locate();
    Path wire = rig.folder().resolve(sensorId + ".wire");
    Path said = rig.folder().resolve(sensorId + ".said");
    List<String> command = new ArrayList<>(before);
    command.add(distribution.java());
    command.addAll(JVM);
    command.addAll(List.of("-cp", distribution.classPath(), TocsinSensor.class.getName()));
    command.addAll(
        List.of(
            "--sensor-id=" + sensorId,
            "--lat=52.5",
            "--lon=13.4",
            "--health=off",
            "--bootstrap-servers=" + rig.bootstrapServers(),
            "--registry-url=" + rig.registryUrl(),
            "--spool=" + rig.folder().resolve("spool-" + sensorId),
            "--kafka=metric.reporters=" + WireCount.class.getName(),
            "--kafka=" + WireCount.FILE + "=" + wire));
    command.addAll(options);
    command.add("-");
    Instant startedAt = Instant.now();
    Process process =
        new ProcessBuilder(command)
            .redirectInput(pcm.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    // One whose measurement is stopped would otherwise listen to the end.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-" + sensorId));
    return new SensorProcess(sensorId, process, wire, said, startedAt);
  }

  String sensorId() {
    return sensorId;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Processor time so far. */
  double cpuSeconds() {
    return process
            .toHandle()
            .info()
            .totalCpuDuration()
            .orElseThrow(() -> new StackException(sensorId + " ended; it said:\n" + said()))
            .toMillis()
        / 1e3;
  }

  /** Bytes sent to Kafka so far. */
  double wireBytes() throws IOException {
    return WireCount.read(wire);
  }

  /** Memory that it takes. */
  double residentMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow(() -> new StackException(sensorId + " ended; it said:\n" + said()))
        / 1024.0;
  }

  /** Waits for its end; false if it takes longer. */
  boolean await(Duration longest) throws InterruptedException {
    return process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How it ended: 0 where Kafka took everything. */
  int exitCode() {
    return process.exitValue();
  }

  String said() {
    try {
      return Files.readString(said);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

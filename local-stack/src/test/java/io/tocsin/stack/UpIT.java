package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tocsin.stack.postgres.ClusterFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a program of its own, killed and stopped. */
class UpIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path home;

  private Path stateDir() {
    return home.resolve(".tocsin/up");
  }

  @AfterEach
  void removeTheClusterOutsideTheHome() {
    ClusterFolder.candidates(stateDir()).forEach(Folders::delete);
  }

  @Test
  void aKilledStackLeavesNoProcessAndStartsAgainAndStopsCleanly() throws Exception {
    Process killed = up("first");
    List<StackFile.Held> left = processesWhenReady(killed, "first");
    killed.destroyForcibly().waitFor();

    await().atMost(PATIENCE).until(() -> left.stream().noneMatch(StackFile.Held::isAlive));
    Process second = up("second");
    List<StackFile.Held> running = processesWhenReady(second, "second");

    Process stop = tocsin("stop", "stop");

    assertThat(stop.waitFor()).as(() -> said("stop")).isZero();
    assertThat(said("stop")).contains("stack up is stopped");
    assertThat(second.waitFor()).as(() -> said("second")).isZero();
    assertThat(running).noneMatch(StackFile.Held::isAlive);
    assertThat(StackFile.read(stateDir())).isEmpty();
  }

  @Test
  void aSignalWhileItStartsLeavesNoProcess() throws Exception {
    Process starting = up("starting");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !starting.isAlive()
                    || StackFile.read(stateDir()).map(f -> f.processes().size()).orElse(0) > 0);
    List<StackFile.Held> processes =
        StackFile.read(stateDir()).map(StackFile::processes).orElse(List.of());
    assertThat(processes).as(() -> said("starting")).isNotEmpty();

    starting.destroy();

    assertThat(starting.waitFor()).as(() -> said("starting")).isZero();
    assertThat(processes).noneMatch(StackFile.Held::isAlive);
    assertThat(StackFile.read(stateDir())).isEmpty();
  }

  private List<StackFile.Held> processesWhenReady(Process up, String log) {
    await()
        .atMost(PATIENCE)
        .until(() -> !up.isAlive() || RunningStack.endpoints(stateDir()).isPresent());
    assertThat(up.isAlive()).as(() -> said(log)).isTrue();
    List<StackFile.Held> processes = StackFile.read(stateDir()).orElseThrow().processes();
    assertThat(processes).hasSize(5).allMatch(StackFile.Held::isAlive);
    return processes;
  }

  private Process up(String log) throws IOException {
    StackPorts ports = Given.ports();
    return tocsin(
        log,
        "up",
        "--servers-only",
        "--free-ports",
        "--kafka-port=" + ports.kafka(),
        "--registry-port=" + ports.registry(),
        "--flink-port=" + ports.flink(),
        "--postgres-port=" + ports.postgres());
  }

  private Process tocsin(String log, String... arguments) throws IOException {
    return new TocsinProgram(home).start(log, arguments);
  }

  private String said(String log) {
    return new TocsinProgram(home).said(log);
  }
}

package io.tocsin.stack.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tocsin.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeashTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path state;

  @Test
  void aProcessEndsWhenItsSupervisorIsKilled() throws Exception {
    Process supervisor = startSupervisor("exec sleep 1000");
    ProcessIdentity process = heldBy(supervisor);

    supervisor.destroyForcibly().waitFor();

    await().atMost(PATIENCE).until(() -> !process.isAlive());
    await().atMost(PATIENCE).until(() -> !Files.exists(state.resolve("run/child.pid")));
  }

  @Test
  void aProcessThatIgnoresItsSignalIsKilledAfterItsGrace() throws Exception {
    Process supervisor = startSupervisor("trap '' TERM; while :; do sleep 0.2; done");
    ProcessIdentity process = heldBy(supervisor);

    supervisor.destroyForcibly().waitFor();

    await().atMost(PATIENCE).until(() -> !process.isAlive());
  }

  @Test
  void stoppingWaitsForTheEndAndGivesTheSignal() throws Exception {
    Path traces = state.resolve("traces");
    Child child =
        new Launcher(state, c -> {})
            .start(
                shell("trap 'echo TERM >" + traces + "; exit 7' TERM; sleep 1000 & wait", "TERM"));
    ProcessIdentity process = child.held(PATIENCE).orElseThrow();
    // The trap is set once the shell waits for its sleep.
    await()
        .atMost(PATIENCE)
        .until(() -> ProcessHandle.of(process.pid()).orElseThrow().children().count() == 1);

    child.stop();

    assertThat(process.isAlive()).isFalse();
    assertThat(child.exitCode()).isEqualTo(7);
    assertThat(traces).hasContent("TERM");
    assertThat(child.isStopping()).isTrue();
  }

  @Test
  void theExitCodeOfAProcessIsItsLeashes() throws Exception {
    Child child = new Launcher(state, c -> {}).start(shell("echo words; exit 5", "TERM"));

    assertThat(child.await(PATIENCE)).isTrue();
    assertThat(child.exitCode()).isEqualTo(5);
    assertThat(child.lastLines()).isEqualTo("words");
    assertThat(child.onEnd()).succeedsWithin(PATIENCE).isSameAs(child);
    assertThat(child.isStopping()).isFalse();
  }

  @Test
  void aClosedLauncherStartsNothing() {
    Launcher launcher = new Launcher(state, c -> {});
    launcher.close();

    assertThatThrownBy(() -> launcher.start(shell("exit 0", "TERM")))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("stopping");
  }

  @Test
  void anIdentityIsNotThatOfALaterProcessWithItsId() {
    ProcessIdentity current = ProcessIdentity.current();

    assertThat(current.isAlive()).isTrue();
    assertThat(new ProcessIdentity(current.pid(), current.startedAt() + "0").isAlive()).isFalse();
  }

  private static ChildCommand shell(String script, String signal) {
    return new ChildCommand(
        "child",
        List.of("/bin/sh", "-c", script),
        Map.of(),
        Path.of("/"),
        signal,
        Duration.ofSeconds(1));
  }

  private Process startSupervisor(String script) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Supervisor.class.getName(),
            state.toString(),
            script)
        .redirectErrorStream(true)
        .redirectOutput(state.resolve("supervisor.out").toFile())
        .start();
  }

  private ProcessIdentity heldBy(Process supervisor) {
    Path pidFile = state.resolve("run/child.pid");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !supervisor.isAlive()
                    || (Files.exists(pidFile) && Files.readString(pidFile).endsWith("\n")));
    assertThat(supervisor.isAlive()).as("supervisor, see supervisor.out").isTrue();
    try {
      ProcessIdentity held = ProcessIdentity.of(Long.parseLong(Files.readString(pidFile).strip()));
      assertThat(held.isAlive()).isTrue();
      return held;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A program that holds one process and does nothing else. */
  static final class Supervisor {

    private Supervisor() {}

    public static void main(String[] arguments) throws InterruptedException {
      new Launcher(Path.of(arguments[0]), child -> {}).start(shell(arguments[1], "TERM")).await();
    }
  }
}

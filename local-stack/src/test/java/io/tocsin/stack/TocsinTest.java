package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TocsinTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpNamesEveryVerbAndExitCode() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString()).contains("up", "stop", "doctor", "init", "generate-completion");
    assertThat(out.toString()).contains("Exit codes:", "3   something that the machine must have");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(execute("--version")).isZero();
    assertThat(out.toString().strip()).matches("tocsin \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }

  @Test
  void aMissingOrUnknownVerbIsAUsageError() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("a verb is missing");
    assertThat(execute("upp")).isEqualTo(2);
    assertThat(err.toString()).contains("upp");
  }

  @Test
  void upWithoutABundleSaysHowToGiveOneAndStartsNothing() {
    assertThat(execute("up", "--bundle=/nowhere/bundle")).isEqualTo(1);
    assertThat(err.toString()).contains("/nowhere/bundle");
  }

  @Test
  void stoppingWhatDoesNotRunIsDone() {
    assertThat(execute("stop", "--name=never-started")).isZero();
    assertThat(out.toString().strip()).isEqualTo("stack never-started does not run");
  }

  @Test
  void questionsToAStackThatDoesNotRunSayHowToStartIt() {
    assertThat(execute("sql", "--name=never-started", "-c", "SELECT 1")).isEqualTo(1);
    assertThat(err.toString()).contains("./tocsin up --name=never-started");
    assertThat(
            execute(
                "export",
                "--name=never-started",
                "--what=alerts",
                "--format=csv",
                "--out=nowhere.csv"))
        .isEqualTo(1);
  }

  @Test
  void aBoxThatIsNoneIsRefusedWithTheRightForm() {
    assertThat(
            execute("export", "--what=alerts", "--format=csv", "--out=x.csv", "--bbox=14,52,13,53"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("west,south,east,north");
  }

  @Test
  void shellsGetCompletion() {
    assertThat(execute("generate-completion")).isZero();
    assertThat(out.toString()).contains("complete -F", "servers-only");
  }

  private int execute(String... arguments) {
    CommandLine line = Tocsin.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}

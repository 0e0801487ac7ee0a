package io.tocsin.stack.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.bench.SqlQuestion.Asked;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.postgres.DatabaseRole;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times every function for analysts on a generated archive. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description =
        "Times every function and view for analysts on a generated archive in a database cluster of"
            + " its own, which is deleted afterwards; 10 million detections take 5 GB.")
public final class SqlBenchVerb implements Callable<Integer> {

  private static final Instant UNTIL = Instant.parse("2026-03-01T00:00:00Z");
  private static final int DAYS = 31;
  private static final long SEED = 6;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rows",
      defaultValue = "10000000",
      description = "Detections; default ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--sensors",
      defaultValue = "3000",
      description = "Sensors; default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--repetitions",
      defaultValue = "9",
      description =
          "How often each is asked, after one that is not counted; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /**
   * The timings of a question.
   *
   * @param bounded by place and time
   * @param rows of its largest answer
   */
  record Timing(
      String name,
      boolean bounded,
      double medianMillis,
      double slowestMillis,
      long rows,
      boolean planHasSeqScanOfDetection) {}

  /** What was measured. */
  record Outcome(
      long detections,
      int sensors,
      int days,
      long databaseBytes,
      double fillSeconds,
      double slowestBoundedMedianMillis,
      boolean planHasSeqScanOfDetection,
      List<Timing> functions) {}

  @Override
  public Integer call() throws InterruptedException, SQLException, java.io.IOException {
    int events = (int) Math.max(200, rows / 100);
    GeneratedArchive.Size size =
        new GeneratedArchive.Size(sensors, rows, events, Math.max(20, events / 20), DAYS, UNTIL);
    PrintWriter err = spec.commandLine().getErr();
    long started = System.nanoTime();
    try (GeneratedArchive archive =
            GeneratedArchive.create(
                StackOptions.home().resolve(".tocsin/bench-sql"),
                size,
                line -> {
                  err.println(line);
                  err.flush();
                });
        Connection analyst = archive.connect(DatabaseRole.ANALYST);
        Statement statement = analyst.createStatement()) {
      double fillSeconds = (System.nanoTime() - started) / 1e9;
      tell(outcome(statement, size, fillSeconds));
    }
    return ExitCodes.DONE;
  }

  private Outcome outcome(Statement statement, GeneratedArchive.Size size, double fillSeconds)
      throws SQLException {
    List<Timing> timings = new ArrayList<>();
    for (SqlQuestion question : SqlQuestion.ALL) {
      timings.add(time(statement, question, size));
    }
    return new Outcome(
        number(statement, "SELECT count(*) FROM tocsin.detection"),
        size.sensors(),
        size.days(),
        number(statement, "SELECT pg_database_size(current_database())"),
        fillSeconds,
        timings.stream()
            .filter(Timing::bounded)
            .mapToDouble(Timing::medianMillis)
            .max()
            .orElse(Double.NaN),
        timings.stream().anyMatch(Timing::planHasSeqScanOfDetection),
        timings);
  }

  private Timing time(Statement statement, SqlQuestion question, GeneratedArchive.Size size)
      throws SQLException {
    Random random = new Random(SEED);
    double[] millis = new double[repetitions];
    long most = 0;
    number(statement, question, Asked.at(random, size));
    for (int i = 0; i < repetitions; i++) {
      Asked asked = Asked.at(random, size);
      long started = System.nanoTime();
      most = Math.max(most, number(statement, question, asked));
      millis[i] = (System.nanoTime() - started) / 1e6;
    }
    Arrays.sort(millis);
    boolean scans =
        SqlPlans.scansDetections(statement, question.sql().apply(Asked.at(random, size)));
    return new Timing(
        question.name(),
        question.bounded(),
        millis[millis.length / 2],
        millis[millis.length - 1],
        most,
        scans);
  }

  /** Rows of the answer, all of them read. */
  private static long number(Statement statement, SqlQuestion question, Asked asked)
      throws SQLException {
    try (ResultSet answer = statement.executeQuery(question.sql().apply(asked))) {
      long read = 0;
      while (answer.next()) {
        read++;
      }
      return read;
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet answer = statement.executeQuery(sql)) {
      answer.next();
      return answer.getLong(1);
    }
  }

  private void tell(Outcome outcome) throws java.io.IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(outcome));
    } else {
      for (Timing timing : outcome.functions()) {
        out.printf(
            Locale.ROOT,
            "%-45s median %8.1f ms, slowest %8.1f ms, at most %d rows%s%n",
            timing.name(),
            timing.medianMillis(),
            timing.slowestMillis(),
            timing.rows(),
            timing.planHasSeqScanOfDetection() ? ", reads a whole partition" : "");
      }
    }
    out.flush();
  }
}

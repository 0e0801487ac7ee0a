package io.tocsin.stack.bench.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the sink. */
@Command(
    name = "sink",
    mixinStandardHelpOptions = true,
    description = {
      "Detections a second from Kafka into the indexed, partitioned table with their offsets,",
      "beside raw COPY of the same rows into the same table, in turns. Starts servers of its own."
    })
public final class SinkBenchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rows",
      defaultValue = "1000000",
      description = "Rows a run; default ${DEFAULT-VALUE}.")
  private long rows;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "Runs of each; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--days",
      defaultValue = "30",
      description =
          "Days, and so partitions of the table, that the rows are spread over; default ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      description = "Partitions of the topic; default ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--table-rows",
      split = ",",
      paramLabel = "N",
      description =
          "Measure the sink also at a table that holds so many rows already; about 450 bytes of disk a row.")
  private List<Long> tableRows = List.of();

  @Option(
      names = "--sink-option",
      paramLabel = "--KEY=VALUE",
      description = "A further option of the sink, such as --workers=1.")
  private List<String> sinkOptions = List.of();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress =
        line -> {
          err.println(line);
          err.flush();
        };
    SinkThroughputReport report;
    try (SinkRig rig = SinkRig.start(partitions, progress);
        LoadedTopic<Detection> topic =
            new LoadedTopic<>(Topics.DETECTIONS, rig.registryClient(), rig.kafkaAddress())) {
      SinkThroughput.Plan plan =
          new SinkThroughput.Plan(rows, repetitions, days, tableRows, sinkOptions);
      report = new SinkThroughput(plan, rig, topic, progress).run();
    }
    print(report, spec.commandLine().getOut());
    return ExitCodes.DONE;
  }

  private void print(SinkThroughputReport report, PrintWriter out) throws IOException {
    if (json) {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      out.printf(
          Locale.ROOT,
          "sink %.0f rows/s, raw COPY %.0f rows/s, ratio %.2f%n",
          report.sink().rowsPerSecond(),
          report.rawCopy().rowsPerSecond(),
          report.ratio());
      report
          .atTableRows()
          .forEach(
              at ->
                  out.printf(
                      Locale.ROOT,
                      "at %d rows (%d MB): sink %.0f rows/s, cost %.2f%n",
                      at.tableRows(),
                      at.tableBytes() >> 20,
                      at.sink().rowsPerSecond(),
                      at.cost()));
    }
    out.flush();
  }
}

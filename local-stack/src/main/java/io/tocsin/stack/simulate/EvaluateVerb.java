package io.tocsin.stack.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.JsonLines;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import io.tocsin.simulator.city.evaluation.Judgement;
import io.tocsin.simulator.city.evaluation.Report;
import io.tocsin.stack.classifier.ClassifierVerb;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares results with the truth. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = "Compares results with the truth.",
    subcommands = {EvaluateVerb.Alerts.class, ClassifierVerb.class})
public final class EvaluateVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "what to evaluate is missing; there is: alerts, classifier");
  }

  /** Alerts and sound events of files. */
  @Command(
      name = "alerts",
      mixinStandardHelpOptions = true,
      description =
          "Compares alerts and sound events with a city's truth, one to one. Files are as tocsin"
              + " simulate --out writes them; of lines with one id the last counts.")
  static final class Alerts implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(names = "--truth", required = true, description = "truth.json")
    private Path truth = Path.of("truth.json");

    @Option(names = "--alerts", required = true, description = "alerts.jsonl")
    private Path alerts = Path.of("alerts.jsonl");

    @Option(
        names = "--events",
        description = "events.jsonl; without it nothing is said of sound events.")
    private @Nullable Path events;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
      CityTruth city = JsonLines.readOne(truth, CityTruth.class);
      List<FoundAlert> found = JsonLines.readLast(alerts, FoundAlert.class, FoundAlert::alertId);
      List<FoundEvent> located =
          events == null
              ? List.of()
              : JsonLines.readLast(events, FoundEvent.class, FoundEvent::eventId);
      Judgement judgement = Evaluation.judge(city, found, located);
      Report report =
          Report.of(
              city.scenario(), city.sensors().size(), Map.of(city.seed(), judgement), Map.of());
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(
            new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
      } else {
        ReportTable.lines(report).forEach(out::println);
      }
      out.flush();
      return ExitCodes.DONE;
    }
  }
}

package io.tocsin.sink.evidence;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.progress.ProgressPage;
import io.tocsin.schema.wire.Registry;
import io.tocsin.sink.Database;
import io.tocsin.sink.SettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of evidence: arguments to settings to {@link EvidenceLoop}. */
@Command(
    name = "tocsin-evidence",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps clips of audio around alerts in an object store, and deletes them in time.",
      "Runs until it is stopped. --set lays a value over the file's."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:stopped by an error; start it again",
      "2:bad settings",
      "143:stopped by SIGTERM, after the alert in hand"
    },
    sortOptions = false)
public final class TocsinEvidence implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(TocsinEvidence.class);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(20);

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file of settings.")
  private @Nullable Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as --set retention=P7D or --set store.s3.bucket=evidence.")
  private Map<String, String> values = new LinkedHashMap<>();

  private TocsinEvidence() {}

  /** See {@code --help}. */
  public static void main(String[] arguments) {
    int status =
        new CommandLine(new TocsinEvidence())
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  LOG.error("event=stopped-by-error reason=\"{}\"", e.toString(), e);
                  return 1;
                })
            .execute(arguments);
    System.exit(status);
  }

  @Override
  public Integer call() throws IOException {
    EvidenceSettings settings;
    try {
      settings = EvidenceSettings.read(config, values);
      settings.database().password(System.getenv());
    } catch (SettingsException e) {
      LOG.error("tocsin-evidence: {}", e.getMessage());
      return 2;
    }
    SchemaRegistryClient registry = Registry.connect(settings.kafka().registry());
    try (ObjectStore store = settings.store().open();
        Database database = Database.open(settings.database(), System.getenv())) {
      Progress progress = new Progress("clips", settings.stalledAfter(), System::nanoTime);
      EvidenceLoop loop =
          new EvidenceLoop(
              settings, registry, database.jdbi(), store, progress, InstantSource.system());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> loop.stop(STOP_WITHIN), "stop"));
      Integer port = settings.healthPort();
      if (port == null) {
        loop.run();
      } else {
        try (ProgressPage page = ProgressPage.serve(port, List.of(progress))) {
          LOG.info("event=health port={}", page.port());
          loop.run();
        }
      }
    }
    return 0;
  }
}

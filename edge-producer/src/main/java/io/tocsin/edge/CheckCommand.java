package io.tocsin.edge;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.check.Finding;
import io.tocsin.edge.check.LiveSource;
import io.tocsin.edge.check.Reachability;
import io.tocsin.edge.check.SourceLevels;
import io.tocsin.edge.check.SpoolFolder;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.mqtt.BrokerAddress;
import io.tocsin.edge.source.Source;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Says what is wrong with a site. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    defaultValueProvider = EnvironmentDefaults.class,
    description = {
      "Says in words what is wrong with a site: source, clock, spool, Kafka, registry.",
      "Takes the sensor's own options; publishes nothing."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing is wrong", "1:something is wrong", "2:the command line is wrong"})
final class CheckCommand implements Callable<Integer> {

  private static final int BYTES_PER_SAMPLE = 2;
  private static final int BROKER_ANSWERS_MILLIS = 5_000;

  @ParentCommand private TocsinSensor sensor = new TocsinSensor();

  @Parameters(
      arity = "0..1",
      paramLabel = "INPUT",
      description = "The source, as the sensor gets it; without it no sound is looked at.")
  private @Nullable String input;

  @Option(
      names = "--listen-seconds",
      description = "To the source, 1 to 60; default ${DEFAULT-VALUE}.")
  private int listenSeconds = 5;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    ForwardSettings settings;
    try {
      var unused = sensor.site().identity();
      sensor.audio().validate();
      var unusedLeaving = sensor.mode().settings(sensor.audio());
      sensor.uplink().validate(sensor.site().sensorId());
      settings = sensor.spool().settings(sensor.site().sensorId(), System.getenv());
      if (listenSeconds < 1 || listenSeconds > 60) {
        throw new IllegalArgumentException("--listen-seconds is " + listenSeconds + "; 1 to 60");
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    List<Finding> findings = new ArrayList<>();
    if (input != null) {
      findings.addAll(looked(input, settings));
    }
    findings.add(clock());
    findings.addAll(
        SpoolFolder.findings(settings.spool(), (long) sensor.audio().rate() * BYTES_PER_SAMPLE));
    Map<String, Object> kafka = new HashMap<>(sensor.uplink().kafka());
    kafka.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, sensor.uplink().bootstrapServers());
    findings.addAll(Reachability.ofKafka(sensor.uplink().problem(), kafka));
    findings.add(
        Reachability.ofRegistry(sensor.uplink().registryUrl(), sensor.uplink().registry()));
    findings.forEach(finding -> spec.commandLine().getOut().println(finding.line()));
    spec.commandLine().getOut().flush();
    return findings.stream().anyMatch(f -> f.state() == Finding.State.WRONG) ? 1 : 0;
  }

  private List<Finding> looked(String given, ForwardSettings settings) throws InterruptedException {
    if (BrokerAddress.isOne(given)) {
      return List.of(broker(given));
    }
    try (CaptureClock clock = sensor.site().captureClock()) {
      Optional<Source> live =
          sensor
              .sources()
              .source(List.of(given), sensor.audio(), clock)
              .or(() -> sensor.folder().source(List.of(given), settings.spool().folder(), clock));
      return live.isPresent()
          ? LiveSource.findings(live.get(), Duration.ofSeconds(listenSeconds))
          : source(given);
    } catch (IllegalArgumentException e) {
      return List.of(Finding.wrong("source", String.valueOf(e.getMessage())));
    }
  }

  private static Finding broker(String given) {
    BrokerAddress broker;
    try {
      broker = BrokerAddress.of(given);
    } catch (IllegalArgumentException e) {
      return Finding.wrong("source", String.valueOf(e.getMessage()));
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(broker.host(), broker.port()), BROKER_ANSWERS_MILLIS);
      return Finding.fine("source", broker + " listens; whether it lets us in shows at the start");
    } catch (IOException e) {
      return Finding.wrong(
          "source", broker + " does not listen (" + e.getMessage() + "); is the address right?");
    }
  }

  private List<Finding> source(String given) {
    AudioOptions audio = sensor.audio();
    try {
      if (given.equals("-")) {
        float[] samples =
            new PcmStream(System.in, audio.inputChannels()).read(listenSeconds * audio.inputRate());
        short[] heard = samples == null ? new short[0] : Pcm16.fromFloats(samples);
        return SourceLevels.of(heard, audio.inputRate()).findings();
      }
      List<Path> files = Playing.audioFiles(Path.of(given));
      if (files.isEmpty()) {
        return List.of(Finding.wrong("source", given + " holds no WAV, FLAC or Ogg file"));
      }
      short[] whole = Pcm16.fromFloats(AudioFiles.read(files.get(0), audio.rate()).samples());
      short[] heard = Arrays.copyOf(whole, Math.min(whole.length, listenSeconds * audio.rate()));
      return SourceLevels.of(heard, audio.rate()).findings();
    } catch (IOException | IllegalArgumentException e) {
      return List.of(Finding.wrong("source", String.valueOf(e.getMessage())));
    }
  }

  private Finding clock() throws InterruptedException {
    Optional<ClockDiscipline> discipline = ClockDiscipline.read();
    if (discipline.isEmpty()) {
      return ClockDiscipline.unknown();
    }
    return sensor
        .site()
        .statedClock()
        .map(
            stated ->
                discipline
                    .get()
                    .finding(stated.getSource() != ClockSource.FREE, stated.getUncertaintyMicros()))
        .orElseGet(() -> discipline.get().finding());
  }
}

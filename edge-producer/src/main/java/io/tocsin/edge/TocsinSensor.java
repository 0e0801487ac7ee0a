package io.tocsin.edge;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.forward.ForwardStatus;
import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.mode.Ear;
import io.tocsin.edge.mode.Mode;
import io.tocsin.edge.mode.ModeSettings;
import io.tocsin.edge.mqtt.BridgeTelling;
import io.tocsin.edge.mqtt.MqttBridge;
import io.tocsin.edge.source.Source;
import io.tocsin.edge.source.SourceTelling;
import io.tocsin.edge.source.StandardInput;
import io.tocsin.edge.source.Supervisor;
import io.tocsin.schema.avro.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The edge producer's command line. */
@Command(
    name = "tocsin-sensor",
    mixinStandardHelpOptions = true,
    defaultValueProvider = EnvironmentDefaults.class,
    description = {
      "Publishes sound as a sensor: from files, folders, raw PCM on -, any stream that ffmpeg",
      "reads, a sound card, a watched folder, or devices that speak MQTT.",
      "Frames are kept on disk until Kafka has taken them. @FILE reads options from a file;",
      "--stall-after and all others may also stand in the environment as",
      "TOCSIN_SENSOR_STALL_AFTER, and INPUT as TOCSIN_SENSOR_INPUT."
    },
    subcommands = {CheckCommand.class, DevicesCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was published",
      "1:some input could not be read, or Kafka has not taken the registration or some frames;"
          + " what it has not taken is sent at the next start",
      "2:the command line is wrong"
    })
public final class TocsinSensor implements Callable<Integer> {

  /** So long files played at any pace wait for Kafka before they go to the spool instead. */
  private static final Duration KAFKA_ANSWERS_WITHIN = Duration.ofSeconds(5);

  @Parameters(
      arity = "0..*",
      paramLabel = "INPUT",
      description = {
        "WAV, FLAC or Ogg file, or folder of such; - for raw 16-bit PCM on standard input;",
        "rtsp://…, http://… and any other stream; card:NAME (card: for the first; devices lists",
        "them); watch:FOLDER for one that something else writes recordings into;",
        "mqtt://HOST:PORT for a bridge."
      })
  private List<String> inputs = List.of();

  @Mixin private SiteOptions site = new SiteOptions();
  @Mixin private AudioOptions audio = new AudioOptions();
  @Mixin private UplinkOptions uplink = new UplinkOptions();
  @Mixin private SpoolOptions spool = new SpoolOptions();
  @Mixin private ModeOptions mode = new ModeOptions();
  @Mixin private SourceOptions sources = new SourceOptions();
  @Mixin private FolderOptions folder = new FolderOptions();
  @Mixin private MqttOptions mqtt = new MqttOptions();
  @Mixin private HealthOptions health = new HealthOptions();

  @Option(
      names = "--finish-within",
      description =
          "At the end of the inputs Kafka is waited for so long; such as 30s, default"
              + " ${DEFAULT-VALUE}.")
  private String finishWithin = "30s";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec.
  public TocsinSensor() {}

  /** See the class. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new TocsinSensor())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path devices = MqttOptions.isBridge(inputs) ? mqtt.devices() : null;
    SensorIdentity identity = devices == null ? identity() : null;
    if (inputs.isEmpty()) {
      throw usage("INPUT is missing: a file, a folder, - for standard input, or a live source");
    }
    ForwardSettings settings;
    Duration waitAtEnd;
    try (CaptureClock clock = site.captureClock()) {
      Optional<Source> live;
      ModeSettings leaving;
      try {
        audio.validate();
        uplink.validate(site.sensorId());
        leaving = mode.settings(audio);
        ForwardSettings asSaid = spool.settings(site.sensorId(), System.getenv());
        settings = leaving.mode() == Mode.FRAMES ? asSaid : asSaid.inOrder();
        waitAtEnd = Quantities.duration(finishWithin);
        live =
            sources
                .source(inputs, audio, clock)
                .or(() -> folder.source(inputs, asSaid.spool().folder(), clock));
        if (live.isEmpty() && !MqttOptions.isBridge(inputs)) {
          inputs.stream().filter(i -> !i.equals("-")).forEach(i -> Playing.audioFiles(Path.of(i)));
        }
        if (leaving.needsModel()
            && (MqttOptions.isBridge(inputs) || FolderOptions.isWatched(inputs))) {
          throw new IllegalArgumentException(
              "--mode=%s with --privacy=%s listens to one stream as it comes, and %s is not one;"
                      .formatted(leaving.mode(), leaving.privacy(), inputs.get(0))
                  + " give --mode=frames --privacy=none, or a file, a sound card or a stream");
        }
      } catch (IllegalArgumentException e) {
        throw usage(e.getMessage());
      }
      if (spool.readmit()) {
        spec.commandLine()
            .getOut()
            .printf(
                "%s: %d refused frames are in the spool again%n",
                site.sensorId(), StoreAndForward.readmit(settings));
      }
      if (identity == null || MqttOptions.isBridge(inputs)) {
        return bridge(identity, clock.clock(), settings, waitAtEnd);
      }
      SensorIdentity dated = identity.withClock(clock.clock());
      try (StoreAndForward forward =
          StoreAndForward.open(
              settings, uplink::connect, uplink.problem()::explain, List.of(dated.sensor()))) {
        return live.isPresent()
            ? listen(dated, leaving, live.get(), clock, forward, waitAtEnd)
            : publish(dated, leaving, clock, forward, waitAtEnd);
      }
    } catch (IOException e) {
      complain(e.getMessage());
      return 1;
    }
  }

  private int listen(
      SensorIdentity identity,
      ModeSettings leaving,
      Source source,
      CaptureClock clock,
      StoreAndForward forward,
      Duration waitAtEnd)
      throws InterruptedException {
    String boot = UUID.randomUUID().toString();
    SpooledSensor sensor =
        new SpooledSensor(identity, forward, boot, audio.rate(), audio.encoding());
    boolean live = source.longestSilence().isPresent();
    try (Ear ear = Ear.open(leaving, identity, boot, audio.rate(), sensor);
        Supervisor supervisor =
            new Supervisor(source, sources.restartPause(), sources.longestRestartPause())) {
      Runnable endHealth =
          health.open(
              site.sensorId(),
              source
                  .longestSilence()
                  .map(longest -> longest.plusMillis(audio.frameMillis()).multipliedBy(2)),
              forward,
              new SourceTelling(supervisor::status, clock));
      try {
        new Listening(supervisor, audio, sensor, ear, forward, live).run();
        return report(forward, true, forward.awaitEmpty(waitAtEnd));
      } finally {
        endHealth.run();
      }
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private int bridge(
      @Nullable SensorIdentity identity, Clock clock, ForwardSettings settings, Duration waitAtEnd)
      throws IOException, InterruptedException {
    List<SensorIdentity> sensors;
    MqttBridge.Settings wanted;
    try {
      sensors = mqtt.sensors(identity, clock);
      wanted =
          mqtt.settings(
              inputs,
              site.sensorId(),
              sensors.stream().map(SensorIdentity::sensorId).collect(Collectors.toSet()),
              sources.channels(),
              System.getenv());
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    try (StoreAndForward forward =
            StoreAndForward.open(
                settings,
                uplink::connect,
                uplink.problem()::explain,
                sensors.stream().map(SensorIdentity::sensor).toList());
        MqttBridge bridge =
            new MqttBridge(
                wanted,
                new Bridge(
                    sensors,
                    forward,
                    UUID.randomUUID().toString(),
                    audio.frameMillis(),
                    audio.encoding()))) {
      Runnable endHealth =
          health.open(
              site.sensorId(), Optional.empty(), forward, new BridgeTelling(bridge::status));
      try {
        bridge.run();
        return report(forward, true, forward.awaitEmpty(waitAtEnd));
      } finally {
        endHealth.run();
      }
    }
  }

  private int publish(
      SensorIdentity identity,
      ModeSettings leaving,
      CaptureClock clock,
      StoreAndForward forward,
      Duration waitAtEnd)
      throws InterruptedException {
    String boot = UUID.randomUUID().toString();
    SpooledSensor sensor =
        new SpooledSensor(identity, forward, boot, audio.rate(), audio.encoding());
    try (Ear ear = Ear.open(leaving, identity, boot, audio.rate(), sensor);
        StandardInput piped =
            StandardInput.watch(System.in, audio.piped(identity.clock(), sources.stallAfter()))) {
      Runnable endHealth =
          inputs.contains("-")
              ? health.open(
                  site.sensorId(),
                  Optional.of(sources.stallAfter().plusMillis(audio.frameMillis())),
                  forward,
                  new SourceTelling(piped::status, clock))
              : health.open(site.sensorId(), audio, forward);
      try {
        return publish(ear, sensor, piped, forward, waitAtEnd);
      } finally {
        endHealth.run();
      }
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private int publish(
      Ear ear,
      SpooledSensor sensor,
      StandardInput piped,
      StoreAndForward forward,
      Duration waitAtEnd)
      throws InterruptedException {
    boolean everything = audio.pace() == AudioOptions.Pace.MAX;
    if (everything) {
      awaitRegistration(forward.registration());
    }
    Playing playing =
        new Playing(
            audio,
            (samples, atMicros) -> {
              if (everything) {
                forward.awaitRoom();
              }
              sensor.date(piped.clock(), false);
              var unused = ear.accept(samples, atMicros);
            },
            this::complain);
    boolean clean = true;
    for (String input : inputs) {
      clean &= input.equals("-") ? playing.pcm(piped.stream()) : playing.files(Path.of(input));
    }
    playing.finish();
    var unused = ear.finish();
    return report(forward, clean, forward.awaitEmpty(waitAtEnd));
  }

  private int report(StoreAndForward forward, boolean clean, boolean empty) {
    ForwardStatus status = forward.status();
    long waiting = status.spool().depth();
    spec.commandLine()
        .getOut()
        .printf(
            "%s: %d frames taken by Kafka, %d not%n",
            site.sensorId(), status.acknowledged(), waiting + status.dropped() + status.refused());
    if (waiting > 0) {
      complain(
          "%d frames wait in the spool and are sent at the next start%s"
              .formatted(waiting, status.problem() == null ? "" : " (" + status.problem() + ")"));
    }
    if (status.refused() > 0) {
      complain(
          status.refused() + " frames were refused and set aside; --readmit-refused tries again");
    }
    CompletableFuture<Void> registration = forward.registration();
    boolean registered = registration.isDone() && !registration.isCompletedExceptionally();
    return clean && empty && registered && status.dropped() == 0 && status.refused() == 0 ? 0 : 1;
  }

  private static void awaitRegistration(CompletableFuture<Void> registration)
      throws InterruptedException {
    try {
      registration.get(KAFKA_ANSWERS_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // The spool takes what Kafka does not; what became of it is said at the end.
    }
  }

  SiteOptions site() {
    return site;
  }

  AudioOptions audio() {
    return audio;
  }

  UplinkOptions uplink() {
    return uplink;
  }

  ModeOptions mode() {
    return mode;
  }

  SourceOptions sources() {
    return sources;
  }

  FolderOptions folder() {
    return folder;
  }

  SpoolOptions spool() {
    return spool;
  }

  SensorIdentity identity() {
    try {
      return site.identity();
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private void complain(@Nullable String problem) {
    spec.commandLine().getErr().println("tocsin-sensor: " + problem);
  }

  private ParameterException usage(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }
}

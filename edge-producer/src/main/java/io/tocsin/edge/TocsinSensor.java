package io.tocsin.edge;

import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.forward.ForwardStatus;
import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.mode.Ear;
import io.tocsin.edge.mode.Mode;
import io.tocsin.edge.mode.ModeSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    description = {
      "Publishes sound as a sensor: from WAV or FLAC files, folders, or raw PCM on -.",
      "Frames are kept on disk until Kafka has taken them. @FILE reads options from a file."
    },
    subcommands = CheckCommand.class,
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
      description = "WAV or FLAC file, folder of such, or - for raw 16-bit PCM on standard input.")
  private List<String> inputs = List.of();

  @Mixin private SiteOptions site = new SiteOptions();
  @Mixin private AudioOptions audio = new AudioOptions();
  @Mixin private UplinkOptions uplink = new UplinkOptions();
  @Mixin private SpoolOptions spool = new SpoolOptions();
  @Mixin private ModeOptions mode = new ModeOptions();
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
    if (inputs.isEmpty()) {
      throw usage("INPUT is missing: a file, a folder, or - for standard input");
    }
    SensorIdentity identity = identity();
    ForwardSettings settings;
    Duration waitAtEnd;
    ModeSettings leaving;
    try {
      audio.validate();
      uplink.validate(site.sensorId());
      leaving = mode.settings(audio);
      settings = spool.settings(site.sensorId(), System.getenv());
      settings = leaving.mode() == Mode.FRAMES ? settings : settings.inOrder();
      waitAtEnd = Quantities.duration(finishWithin);
      inputs.stream().filter(i -> !i.equals("-")).forEach(i -> Playing.audioFiles(Path.of(i)));
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
    try (StoreAndForward forward =
        StoreAndForward.open(
            settings, uplink::connect, uplink.problem()::explain, List.of(identity.sensor()))) {
      return publish(identity, leaving, forward, waitAtEnd);
    } catch (IOException e) {
      complain(e.getMessage());
      return 1;
    }
  }

  private int publish(
      SensorIdentity identity, ModeSettings leaving, StoreAndForward forward, Duration waitAtEnd)
      throws InterruptedException {
    String boot = UUID.randomUUID().toString();
    SpooledSensor sensor =
        new SpooledSensor(identity, forward, boot, audio.rate(), audio.encoding());
    try (Ear ear = Ear.open(leaving, identity, boot, audio.rate(), sensor)) {
      return publish(ear, forward, waitAtEnd);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private int publish(Ear ear, StoreAndForward forward, Duration waitAtEnd)
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
              var unused = ear.accept(samples, atMicros);
            },
            this::complain);
    boolean clean = true;
    Runnable endHealth = health.open(site.sensorId(), audio, forward);
    try {
      for (String input : inputs) {
        clean &= input.equals("-") ? playing.pcm(System.in) : playing.files(Path.of(input));
      }
      playing.finish();
      var unused = ear.finish();
      boolean empty = forward.awaitEmpty(waitAtEnd);
      return report(forward, clean, empty);
    } finally {
      endHealth.run();
    }
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

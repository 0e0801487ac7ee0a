package io.tocsin.edge;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The edge producer's command line. */
@Command(
    name = "tocsin-sensor",
    mixinStandardHelpOptions = true,
    description = "Publishes sound as a sensor: from WAV or FLAC files, folders, or raw PCM on -.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything was published",
      "1:some input could not be read, or Kafka did not take the registration or some frames",
      "2:the command line is wrong"
    })
public final class TocsinSensor implements Callable<Integer> {

  private static final Duration HEARTBEAT_EVERY = Duration.ofSeconds(10);

  /** How fast files are played. */
  enum Pace {
    REALTIME,
    MAX
  }

  @Parameters(
      arity = "1..*",
      paramLabel = "INPUT",
      description = "WAV or FLAC file, folder of such, or - for raw 16-bit PCM on standard input.")
  private List<String> inputs = List.of();

  @Option(names = "--sensor-id", required = true, description = "Id of the sensor.")
  private String sensorId = "";

  @Option(names = "--lat", required = true, description = "Latitude, degrees WGS 84.")
  private double latitude;

  @Option(names = "--lon", required = true, description = "Longitude, degrees WGS 84.")
  private double longitude;

  @Option(names = "--altitude", description = "Metres above the ellipsoid; left open.")
  private @Nullable Double altitude;

  @Option(
      names = "--accuracy",
      description = "One standard deviation of the position, metres; left open.")
  private @Nullable Double accuracy;

  @Option(names = "--audible-radius", description = "Metres; default ${DEFAULT-VALUE}.")
  private double audibleRadius = 400;

  @Option(names = "--bootstrap-servers", description = "Kafka; default ${DEFAULT-VALUE}.")
  private String bootstrapServers = "127.0.0.1:9092";

  @Option(names = "--registry-url", description = "Schema registry; default ${DEFAULT-VALUE}.")
  private String registryUrl = "http://127.0.0.1:8081/apis/ccompat/v7";

  @Option(names = "--auto-register", description = "Register missing schemas.")
  private boolean autoRegister;

  @Option(names = "--rate", description = "Sample rate to publish, Hz; default ${DEFAULT-VALUE}.")
  private int rate = 16_000;

  @Option(names = "--input-rate", description = "Of raw PCM, Hz; default ${DEFAULT-VALUE}.")
  private int inputRate = 16_000;

  @Option(names = "--input-channels", description = "Of raw PCM; default ${DEFAULT-VALUE}.")
  private int inputChannels = 1;

  @Option(
      names = "--frame-millis",
      description = "Length of a frame, 100 to 10000; default ${DEFAULT-VALUE}.")
  private int frameMillis = 1_000;

  @Option(names = "--encoding", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private AudioEncoding encoding = AudioEncoding.PCM_S16LE;

  @Option(names = "--pace", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Pace pace = Pace.REALTIME;

  @Option(names = "--start", description = "Capture time of the first sample, ISO-8601; now.")
  private @Nullable Instant start;

  @Option(
      names = "--clock",
      description = "Discipline of the clock: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private ClockSource clockSource = ClockSource.NTP;

  @Option(
      names = "--clock-uncertainty-micros",
      description = "One standard deviation, microseconds; default ${DEFAULT-VALUE}.")
  private long clockUncertaintyMicros = 10_000;

  @Option(names = "--kafka", description = "Further Kafka client settings, key=value.")
  private Map<String, String> kafka = Map.of();

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
    SensorIdentity identity = identity();
    if (frameMillis < 100 || frameMillis > 10_000) {
      throw usage("--frame-millis is " + frameMillis + "; 100 to 10000");
    }
    if (encoding == AudioEncoding.UNKNOWN) {
      throw usage("--encoding is UNKNOWN; PCM_S16LE or FLAC");
    }
    boolean clean = true;
    try (FleetProducer fleet = connect()) {
      SensorLink link =
          new SensorLink(identity, fleet, UUID.randomUUID().toString(), rate, encoding);
      Playing playing = new Playing(link);
      for (String input : inputs) {
        clean &= input.equals("-") ? playing.standardInput() : playing.files(Path.of(input));
      }
      playing.finish();
      fleet.flush();
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %d frames taken by Kafka, %d not%n",
              sensorId, link.framesAcknowledged(), link.framesDropped());
      boolean registered = !link.registration().isCompletedExceptionally();
      return clean && registered && link.framesDropped() == 0 ? 0 : 1;
    }
  }

  private FleetProducer connect() {
    try {
      return FleetProducer.connect(
          bootstrapServers,
          Registry.connect(new RegistrySettings(registryUrl, autoRegister)),
          autoRegister,
          kafka);
    } catch (IllegalArgumentException e) {
      throw usage("--kafka: " + e.getMessage());
    }
  }

  SensorIdentity identity() {
    if (altitude != null && !Double.isFinite(altitude)) {
      throw usage("--altitude is " + altitude + "; metres above the ellipsoid");
    }
    if (accuracy != null && !(accuracy >= 0 && Double.isFinite(accuracy))) {
      throw usage("--accuracy is " + accuracy + "; a standard deviation in metres is 0 or more");
    }
    try {
      return SensorIdentity.of(
          sensorId,
          Place.newBuilder()
              .setLatitudeDegrees(latitude)
              .setLongitudeDegrees(longitude)
              .setAltitudeMetres(altitude)
              .setAccuracyMetres(accuracy)
              .build(),
          audibleRadius,
          Clock.newBuilder()
              .setSource(clockSource)
              .setUncertaintyMicros(clockUncertaintyMicros)
              .build());
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private ParameterException usage(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }

  /** Plays the inputs one behind the other as one gapless stream. */
  private final class Playing {

    private final SensorLink link;
    private final Framer framer;
    private final long startMicros;
    private final long startNanos = System.nanoTime();
    private long nextHeartbeatNanos = startNanos;

    Playing(SensorLink link) {
      this.link = link;
      Instant first = start == null ? Instant.now() : start;
      this.startMicros = ChronoUnit.MICROS.between(Instant.EPOCH, first);
      this.framer = new Framer(startMicros, rate, (int) ((long) rate * frameMillis / 1_000));
    }

    boolean files(Path given) throws InterruptedException {
      boolean clean = true;
      for (Path file : audioFiles(given)) {
        try {
          AudioClip clip = AudioFiles.read(file, rate);
          send(framer.accept(Pcm16.fromFloats(clip.samples())));
        } catch (IOException e) {
          complain(e);
          clean = false;
        }
      }
      return clean;
    }

    boolean standardInput() throws InterruptedException {
      PcmStream stream = new PcmStream(System.in, inputChannels);
      Resampling resampling = new Resampling(inputRate, rate);
      try {
        float[] samples;
        while ((samples = stream.read(inputRate / 10)) != null) {
          send(framer.accept(Pcm16.fromFloats(resampling.accept(samples))));
        }
        send(framer.accept(Pcm16.fromFloats(resampling.finish())));
        return true;
      } catch (IOException e) {
        complain(e);
        return false;
      }
    }

    void finish() throws InterruptedException {
      send(framer.finish());
    }

    private void send(List<Framer.Piece> pieces) throws InterruptedException {
      for (Framer.Piece piece : pieces) {
        if (pace == Pace.REALTIME) {
          long endMicros =
              piece.capturedAtMicros() + piece.samples().length * 1_000_000L / rate - startMicros;
          sleepUntil(startNanos + endMicros * 1_000);
        }
        var unused = link.send(piece.samples(), piece.capturedAtMicros());
        if (System.nanoTime() >= nextHeartbeatNanos) {
          beat();
        }
      }
    }

    private void beat() {
      var unused = link.heartbeat();
      nextHeartbeatNanos += HEARTBEAT_EVERY.toNanos();
    }

    private void sleepUntil(long nanos) throws InterruptedException {
      long left = nanos - System.nanoTime();
      if (left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
      }
    }

    private void complain(IOException e) {
      spec.commandLine().getErr().println("tocsin-sensor: " + e.getMessage());
    }
  }

  private List<Path> audioFiles(Path given) {
    if (!Files.exists(given)) {
      throw usage(given + " does not exist");
    }
    if (!Files.isDirectory(given)) {
      return List.of(given);
    }
    try (Stream<Path> files = Files.walk(given)) {
      return new ArrayList<>(
          files.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList());
    } catch (IOException e) {
      throw usage(given + " cannot be listed: " + e.getMessage());
    }
  }
}

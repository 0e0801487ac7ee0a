package io.tocsin.stack.bench.modes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.mode.PrivacyGuard;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.bench.outage.OutageRig;
import io.tocsin.stack.bench.scoring.FleetAudio;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What leaves a sensor in each mode, and what it takes. */
@Command(
    name = "edge-modes",
    mixinStandardHelpOptions = true,
    description = {
      "Bytes on the wire and processor time of a sensor in each mode, its start and memory, how",
      "many sensors a core carries, and what the privacy gate withholds of recordings. Each sensor",
      "is a process that hears real recordings in real time."
    })
public final class EdgeModesCommand implements Callable<Integer> {

  private static final int PARTITIONS = 4;
  private static final int RATE_HERTZ = 16_000;
  private static final double BED_BELOW_DECIBELS = 10;

  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--speech",
      paramLabel = "DIR",
      description =
          "Folder with recordings of speech beside the others, told by their names as in Debian's"
              + " asterisk-core-sounds-*-wav.")
  private @Nullable Path speech;

  @Option(names = "--seconds", defaultValue = "60", description = "Default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "30",
      description = "Before they count; default ${DEFAULT-VALUE}.")
  private int warmUpSeconds;

  @Option(
      names = "--streams",
      defaultValue = "8",
      description = "That share one core; default ${DEFAULT-VALUE}.")
  private int streams;

  @Option(
      names = "--guards",
      split = ",",
      defaultValue = "0.75:0.75:PT1S,0.35:1:PT0.5S",
      description =
          "Guards that the gate is tried with, each as --guard-share:--guard-share-in-speech"
              + ":--guard-reach; default ${DEFAULT-VALUE}.")
  private List<String> guards = List.of();

  @Option(
      names = "--beds",
      defaultValue = "20",
      description = "Recordings of weather under the others; default ${DEFAULT-VALUE}.")
  private int mostBeds;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--gate-only",
      description = "Try the privacy gate alone, without servers; prints its rows.")
  private boolean gateOnly;

  @Option(names = "--json", description = "Print JSON; the tables go to standard error.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ModelBundle model = ModelBundle.load(bundle.resolve());
    List<Path> folders = new ArrayList<>(audio.resolve(StackOptions.home()));
    if (speech != null) {
      folders.add(speech);
    }
    SoundLibrary library = new SoundLibrary(folders, Demo.trainedOn(model.folder()));
    List<EdgeModesReport.GateTrial> gate = gate(model, library);
    EdgeModesReport.OneCore none = new EdgeModesReport.OneCore(0, "", 0, true);
    EdgeModesReport report =
        new EdgeModesReport(0, model.ref().toString(), "", "", List.of(), List.of(), none, gate);
    if (!gateOnly) {
      try (OutageRig rig = OutageRig.start(PARTITIONS, this::say)) {
        EdgeModes modes =
            new EdgeModes(
                rig,
                new FleetAudio(folders, RATE_HERTZ, seed),
                model.folder(),
                new EdgeModes.Extent(seconds, warmUpSeconds, streams),
                this::say);
        report =
            new EdgeModesReport(
                seconds,
                model.ref().toString(),
                String.join(" ", SensorProcess.JVM),
                "none",
                modes.modes(),
                modes.starts(),
                modes.oneCore(),
                gate);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      say(report.table());
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      out.println(report.table());
    }
    out.flush();
    return report.oneCore().kept() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private List<EdgeModesReport.GateTrial> gate(ModelBundle model, SoundLibrary library)
      throws IOException, InterruptedException {
    List<short[]> beds = new ArrayList<>();
    for (Path bed : files(library, SoundLibrary.Role.BACKGROUND)) {
      if (beds.size() < mostBeds) {
        beds.add(Pcm16.fromFloats(AudioFiles.read(bed, RATE_HERTZ).samples()));
      }
    }
    List<EdgeModesReport.GateTrial> trials = new ArrayList<>();
    for (String guard : guards) {
      for (SoundLibrary.Role role :
          List.of(SoundLibrary.Role.SPEECH, SoundLibrary.Role.CRY, SoundLibrary.Role.GLASS)) {
        for (boolean inBed : new boolean[] {false, true}) {
          PrivacyTrial trial =
              new PrivacyTrial(model, parsed(guard), inBed ? beds : List.of(), BED_BELOW_DECIBELS);
          trials.add(
              new EdgeModesReport.GateTrial(
                  model.ref().toString(),
                  guard,
                  role.name(),
                  inBed ? beds.size() + " kinds of weather, 10 dB below" : "near silence",
                  trial.of(files(library, role))));
        }
      }
      say("the gate was tried with a guard of " + guard);
    }
    return trials;
  }

  private PrivacyGuard parsed(String guard) {
    String[] parts = guard.split(":", -1);
    try {
      return new PrivacyGuard(
          Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Duration.parse(parts[2]));
    } catch (IllegalArgumentException | DateTimeParseException | ArrayIndexOutOfBoundsException e) {
      throw new ParameterException(
          spec.commandLine(), "--guards: '" + guard + "' is none; such as 0.35:1:PT0.5S", e);
    }
  }

  private static List<Path> files(SoundLibrary library, SoundLibrary.Role role) {
    // Laughter and coughs go by the same role, and by other labels.
    return library.recordings(role).stream()
        .filter(r -> role != SoundLibrary.Role.SPEECH || r.label().equals("speech"))
        .map(SoundLibrary.Recording::file)
        .sorted()
        .toList();
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}

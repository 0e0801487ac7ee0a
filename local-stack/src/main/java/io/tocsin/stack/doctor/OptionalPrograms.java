package io.tocsin.stack.doctor;

import io.tocsin.stack.doctor.Finding.State;
import io.tocsin.stack.postgres.AptInstallation;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that sensors use, or tests; none is needed for the demo. */
public final class OptionalPrograms {

  /** Folders of libraries have the machine's architecture in their path. */
  private static final String ANY = "/*/";

  /**
   * What is looked for.
   *
   * @param use what it is for, as the end of a sentence
   * @param packages Debian's names
   * @param forTests whether a test is skipped without it
   * @param files of them, below the file system's root; a {@code *} stands for one folder
   */
  private record Wanted(
      String thing, String use, String packages, boolean forTests, List<String> files) {

    List<String> missing(Path root) {
      return files.stream().filter(file -> !isThere(root, file)).toList();
    }
  }

  private static final List<Wanted> WANTED =
      List.of(
          new Wanted(
              "GDAL", "tests of exports use it", "gdal-bin", true, List.of("usr/bin/ogrinfo")),
          new Wanted(
              "ffmpeg",
              "tocsin-sensor reads RTSP, HTTP and other streams with it",
              "ffmpeg",
              true,
              List.of("usr/bin/ffmpeg")),
          new Wanted(
              "chrony",
              "a sensor's clock is good to some milliseconds with it",
              "chrony",
              false,
              List.of("usr/bin/chronyc")),
          new Wanted(
              "systemd-notify",
              "a sensor below systemd says with it that it lives",
              "systemd",
              true,
              List.of("usr/bin/systemd-notify")),
          new Wanted(
              "GStreamer RTSP server",
              "tests of RTSP as a source use it",
              "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base"
                  + " gstreamer1.0-plugins-good",
              true,
              List.of(
                  "usr/bin/python3",
                  "usr/lib/python3/dist-packages/gi/__init__.py",
                  "usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib",
                  "usr/lib/*/gstreamer-1.0/libgstaudioconvert.so",
                  "usr/lib/*/gstreamer-1.0/libgstrtp.so")),
          new Wanted(
              "Mosquitto",
              "tests of devices that speak MQTT use it",
              "mosquitto",
              true,
              List.of("usr/sbin/mosquitto")),
          new Wanted(
              "PulseAudio",
              "tests of sound cards use it",
              "pulseaudio pulseaudio-utils libasound2-plugins alsa-utils",
              true,
              List.of(
                  "usr/bin/pulseaudio",
                  "usr/bin/paplay",
                  "usr/share/alsa/alsa.conf",
                  "usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so")),
          new Wanted(
              "Node.js with npm",
              "the test of the Node.js client uses it",
              "nodejs npm",
              true,
              List.of("usr/bin/node", "usr/bin/npm")));

  private OptionalPrograms() {}

  /** One finding for each. */
  static List<Finding> examine(Path root) {
    return WANTED.stream().map(wanted -> finding(root, wanted)).toList();
  }

  /**
   * Has apt-get install what tests lack, where we may. A test that goes without is skipped and says
   * so, so that a failure is told and nothing more.
   */
  public static void installForTests(Path root, Consumer<String> progress)
      throws InterruptedException {
    List<Wanted> missing =
        WANTED.stream()
            .filter(wanted -> wanted.forTests() && !wanted.missing(root).isEmpty())
            .toList();
    if (!missing.isEmpty()) {
      AptInstallation.installFurther(
          root,
          missing.stream().map(Wanted::thing).collect(Collectors.joining(", ")),
          missing.stream().flatMap(wanted -> Stream.of(wanted.packages().split(" "))).toList(),
          progress);
    }
  }

  private static Finding finding(Path root, Wanted wanted) {
    List<String> missing = wanted.missing(root);
    return missing.isEmpty()
        ? new Finding(wanted.thing(), State.OK, wanted.files().get(0))
        : new Finding(
            wanted.thing(),
            State.OPTIONAL,
            "%s is not there; %s: sudo apt-get install --no-install-recommends %s"
                .formatted(String.join(", ", missing), wanted.use(), wanted.packages()));
  }

  private static boolean isThere(Path root, String file) {
    int at = file.indexOf(ANY);
    if (at < 0) {
      return Files.exists(root.resolve(file));
    }
    String rest = file.substring(at + ANY.length());
    Path folder = root.resolve(file.substring(0, at));
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path each : folders) {
        if (Files.exists(each.resolve(rest))) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      // What cannot be looked into has nothing for us.
      return false;
    }
  }
}

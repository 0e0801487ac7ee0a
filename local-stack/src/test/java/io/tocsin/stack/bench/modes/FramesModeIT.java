package io.tocsin.stack.bench.modes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.edge.TocsinSensor;
import io.tocsin.stack.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sensor that needs no model pays for none. */
class FramesModeIT {

  private static final Path BUNDLE = Path.of("../models/tocsin-student").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void noClassOfAModelIsLoadedInFramesMode() throws Exception {
    assertThat(classesLoaded("frames")).anyMatch(c -> c.startsWith("io.tocsin.edge.forward."));
    assertThat(classesLoaded("frames")).noneMatch(FramesModeIT::isOfAModel);
    // The check itself can fail.
    assertThat(classesLoaded("embeddings")).anyMatch(FramesModeIT::isOfAModel);
  }

  private static boolean isOfAModel(String className) {
    return className.startsWith("ai.onnxruntime.") || className.startsWith("io.tocsin.scoring.");
  }

  private List<String> classesLoaded(String mode) throws Exception {
    Path second = Files.write(folder.resolve("second.pcm"), new byte[32_000]);
    Path log = folder.resolve(mode + ".classes");
    Distribution distribution = Distribution.locate();
    List<String> command =
        new ArrayList<>(
            List.of(
                distribution.java(),
                "-Xlog:class+load=info:file=" + log + "::filecount=0",
                "-cp",
                distribution.classPath(),
                TocsinSensor.class.getName(),
                "--sensor-id=s",
                "--lat=1",
                "--lon=1",
                "--health=off",
                "--mode=" + mode,
                "--bundle=" + BUNDLE,
                "--bootstrap-servers=127.0.0.1:9",
                "--finish-within=0s",
                "--spool=" + folder.resolve("spool-" + mode),
                "-"));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(second.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(mode + ".said").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(folder.resolve(mode + ".said")))
        .isEqualTo(1);
    return Files.readAllLines(log).stream()
        .map(line -> line.replaceFirst("^(\\[[^]]*])+ ", "").replaceFirst(" .*", ""))
        .toList();
  }
}

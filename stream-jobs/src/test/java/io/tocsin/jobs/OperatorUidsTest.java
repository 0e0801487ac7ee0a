package io.tocsin.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.distress.DistressPipeline;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.scoring.ScoringPipeline;
import io.tocsin.jobs.scoring.WordBundle;
import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Savepoints find their state by operators' uids. Whoever changes, drops or adds one changes the
 * list in savepoints/uids.txt too, and says how running jobs get over it.
 */
class OperatorUidsTest {

  private static final String[] KAFKA = {
    "--kafka.bootstrapServers=unused:1", "--kafka.registryUrl=http://unused"
  };

  private final StreamExecutionEnvironment environment = JobEnvironment.defaults().create();

  @Test
  void distressHasTheCommittedUids() throws Exception {
    DistressPipeline.build(environment, SettingsFile.read(DistressJobSettings.class, KAFKA));
    assertThat(uids()).isEqualTo(committed("distress"));
  }

  @Test
  void scoringHasTheCommittedUids(@TempDir Path folder) throws Exception {
    ModelBundle bundle = WordBundle.in(folder);
    ScoringPipeline.build(
        environment,
        SettingsFile.read(
            ScoringJobSettings.class,
            KAFKA[0],
            KAFKA[1],
            "--bundle=" + folder,
            "--shadowBundle=" + folder),
        bundle);
    assertThat(uids()).isEqualTo(committed("scoring"));
  }

  @Test
  void noTwoOperatorsOfAJobShareAUid() {
    for (String job : List.of("distress", "scoring")) {
      assertThat(lines(job).toList()).isNotEmpty().doesNotHaveDuplicates();
    }
  }

  private TreeSet<String> uids() {
    TreeSet<String> uids = new TreeSet<>();
    for (StreamNode node : environment.getStreamGraph(false).getStreamNodes()) {
      uids.add(
          Objects.requireNonNull(
              node.getTransformationUID(), () -> node.getOperatorName() + " has no uid"));
    }
    return uids;
  }

  private static TreeSet<String> committed(String job) {
    return new TreeSet<>(lines(job).toList());
  }

  /** Lines of {@code job uid}. */
  private static Stream<String> lines(String job) {
    try (InputStream in =
        Objects.requireNonNull(
            OperatorUidsTest.class.getResourceAsStream("/savepoints/uids.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(job + " "))
          .map(line -> line.substring(job.length() + 1));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

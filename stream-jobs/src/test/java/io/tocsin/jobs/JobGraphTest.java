package io.tocsin.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.distress.DistressPipeline;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.scoring.ScoringPipeline;
import io.tocsin.jobs.scoring.WordBundle;
import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.SettingsFile;
import java.nio.file.Path;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs translate where an operator without uid, or a stream that needs Kryo, is an error. */
class JobGraphTest {

  private static final String[] KAFKA = {
    "--kafka.bootstrapServers=unused:1", "--kafka.registryUrl=http://unused"
  };

  private final StreamExecutionEnvironment environment = JobEnvironment.defaults().create();

  @Test
  void theEnvironmentRefusesKryoAndOperatorsWithoutUid() {
    assertThat(environment.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    assertThat(environment.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
  }

  @Test
  void distressTranslates() {
    DistressPipeline.build(environment, SettingsFile.read(DistressJobSettings.class, KAFKA));
    assertThat(environment.getStreamGraph().getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void scoringTranslates(@TempDir Path folder) throws Exception {
    ScoringPipeline.build(
        environment,
        SettingsFile.read(ScoringJobSettings.class, KAFKA[0], KAFKA[1], "--bundle=" + folder),
        WordBundle.in(folder));
    assertThat(environment.getStreamGraph().getJobGraph().getNumberOfVertices()).isPositive();
  }
}

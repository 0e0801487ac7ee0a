package io.tocsin.jobs.scoring;

import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames to detections: {@code ScoringJob --config=FILE [--key=value …]}; exit code 2 for bad
 * settings or a bad bundle.
 */
public final class ScoringJob {

  /** The job's name on the cluster. */
  public static final String NAME = "tocsin-scoring";

  private static final Logger LOG = LoggerFactory.getLogger(ScoringJob.class);

  private ScoringJob() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    try {
      submit(SettingsFile.read(ScoringJobSettings.class, arguments));
    } catch (SettingsException | BundleException e) {
      LOG.error("ScoringJob: {}", e.getMessage());
      System.exit(2);
    }
  }

  /** Builds the job and runs it where the settings say. */
  public static void submit(ScoringJobSettings settings) throws Exception {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    JobEnvironment where =
        settings.environment() == null ? JobEnvironment.defaults() : settings.environment();
    StreamExecutionEnvironment environment = where.create();
    ScoringPipeline.build(environment, settings, bundle);
    if (where.cluster() == null) {
      environment.execute(NAME);
    } else {
      environment.executeAsync(NAME);
    }
  }
}

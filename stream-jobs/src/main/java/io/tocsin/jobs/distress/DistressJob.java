package io.tocsin.jobs.distress;

import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.jobs.settings.SettingsFile;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detections to located distress alerts: {@code DistressJob --config=FILE [--key=value …]}; exit
 * code 2 for bad settings.
 */
public final class DistressJob {

  /** The job's name on the cluster. */
  public static final String NAME = "tocsin-distress";

  private static final Logger LOG = LoggerFactory.getLogger(DistressJob.class);

  private DistressJob() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    try {
      submit(SettingsFile.read(DistressJobSettings.class, arguments));
    } catch (SettingsException e) {
      LOG.error("DistressJob: {}", e.getMessage());
      System.exit(2);
    }
  }

  /** Builds the job and runs it where the settings say. */
  public static void submit(DistressJobSettings settings) throws Exception {
    JobEnvironment where =
        settings.environment() == null ? JobEnvironment.defaults() : settings.environment();
    StreamExecutionEnvironment environment = where.create();
    DistressPipeline.build(environment, settings);
    if (where.cluster() == null) {
      environment.execute(NAME);
    } else {
      environment.executeAsync(NAME);
    }
  }
}

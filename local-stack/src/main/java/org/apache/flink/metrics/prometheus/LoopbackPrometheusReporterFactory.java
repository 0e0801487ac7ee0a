package org.apache.flink.metrics.prometheus;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes {@link LoopbackPrometheusReporter}s; found by Flink as a service. */
public final class LoopbackPrometheusReporterFactory implements MetricReporterFactory {

  @Override
  public LoopbackPrometheusReporter createMetricReporter(Properties properties) {
    return new LoopbackPrometheusReporter();
  }
}

package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.flink.metrics.MetricConfig;

/**
 * Flink's Prometheus reporter on the loopback address alone. Flink's own listens on every address
 * and has no setting for that; its registry is visible in its package only, so this lies here.
 *
 * <p>Setting: {@code port}.
 */
public final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {

  private static final String PORT = "port";
  private static final int DEFAULT_PORT = 9249;

  private HTTPServer server;

  @Override
  public void open(MetricConfig config) {
    super.open(config);
    int port = config.getInteger(PORT, DEFAULT_PORT);
    try {
      server =
          new HTTPServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port), registry, true);
    } catch (IOException e) {
      throw new UncheckedIOException("metrics cannot be served on port " + port, e);
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop();
    }
    super.close();
  }
}

package io.tocsin.edge;

import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.health.HealthPage;
import io.tocsin.edge.health.Pulse;
import io.tocsin.edge.health.ServiceNotices;
import io.tocsin.edge.health.Telling;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** How the sensor tells the machine it runs on that it is well. */
final class HealthOptions {

  private static final Logger LOG = LoggerFactory.getLogger(HealthOptions.class);
  private static final String OFF = "off";

  /** Beyond the length of a frame, what a source may take for it. */
  private static final Duration SOURCE_MAY_TAKE = Duration.ofSeconds(10);

  @Option(
      names = "--health",
      paramLabel = "HOST:PORT",
      description =
          "Address of /health and /metrics (Prometheus), or off; default ${DEFAULT-VALUE}.")
  private String address = "127.0.0.1:9310";

  /**
   * Opens the page and, below systemd, begins to notify it. What cannot be had is logged.
   *
   * @return ends both
   */
  Runnable open(String sensorId, AudioOptions audio, StoreAndForward forward) {
    return open(
        sensorId,
        Optional.of(Duration.ofMillis(audio.frameMillis()).plus(SOURCE_MAY_TAKE)),
        forward,
        Telling.NOTHING);
  }

  /**
   * As the other, for a source that tells how it is.
   *
   * @param longestSilence beyond which the sensor counts as stalled; empty for one whose source may
   *     be silent for ever
   */
  Runnable open(
      String sensorId,
      Optional<Duration> longestSilence,
      StoreAndForward forward,
      Telling telling) {
    Pulse pulse = new Pulse(sensorId, longestSilence, forward::status, System::nanoTime);
    Runnable notices = ServiceNotices.begin(System.getenv(), pulse);
    Runnable page = () -> {};
    if (!address.equalsIgnoreCase(OFF)) {
      try {
        page = HealthPage.open(parse(address), pulse, telling)::close;
      } catch (IOException e) {
        // A sensor that listens without a page is better than none.
        LOG.warn("no health page: {} cannot be used ({}); --health", address, e.getMessage());
      }
    }
    Runnable opened = page;
    return () -> {
      notices.run();
      opened.run();
    };
  }

  private static InetSocketAddress parse(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      return new InetSocketAddress(colon < 0 ? "127.0.0.1" : address.substring(0, colon), port);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no HOST:PORT", e);
    }
  }
}

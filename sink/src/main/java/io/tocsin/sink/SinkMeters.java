package io.tocsin.sink;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tocsin.schema.progress.ProgressPage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * What a sink does, on a loopback port: {@code GET /metrics} for Prometheus, {@code GET /health}
 * and {@code GET /health/live} ({@link ProgressPage}).
 */
final class SinkMeters implements AutoCloseable {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpServer server;

  private SinkMeters(HttpServer server) {
    this.server = server;
  }

  /**
   * @param port 0 for a free one
   * @throws SettingsException if the port is taken
   */
  static SinkMeters serve(Sink sink, int port) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new SettingsException(
          "metricsPort " + port + " cannot be served (" + e.getMessage() + "); set another", e);
    }
    SinkMeters meters = new SinkMeters(server);
    meters.bind(sink);
    server.createContext(
        "/metrics",
        exchange -> {
          byte[] text = meters.meters.scrape().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", TEXT);
          exchange.sendResponseHeaders(200, text.length);
          try (var body = exchange.getResponseBody()) {
            body.write(text);
          }
        });
    ProgressPage.addTo(server, sink.progress());
    server.start();
    return meters;
  }

  /** The port that is served. */
  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    meters.close();
  }

  private void bind(Sink sink) {
    counter(sink, "tocsin.sink.records", "Kafka records in written batches", m -> m.records());
    counter(sink, "tocsin.sink.dead.letters", "Records refused", m -> m.deadLetters());
    counter(
        sink,
        "tocsin.sink.retries",
        "Attempts that failed for want of the database or the registry",
        m -> m.retries());
    gauge("tocsin.sink.lag.records", "Records that are not written yet", sink.lagRecords());
    gauge(
        "tocsin.sink.default.partition.rows",
        "Detections of days without a partition of their own; should be none",
        sink.rowsInDefault());
    DistributionSummary batch =
        DistributionSummary.builder("tocsin.sink.batch.records")
            .description("Records of a committed transaction")
            .publishPercentileHistogram()
            .register(meters);
    Timer commit =
        Timer.builder("tocsin.sink.commit")
            .description("Time of a committed transaction, decoding included")
            .publishPercentileHistogram()
            .register(meters);
    sink.counters()
        .onCommit(
            (records, took) -> {
              batch.record(records);
              commit.record(took);
            });
  }

  private void counter(
      Sink sink, String name, String description, ToDoubleFunction<SinkMetrics> value) {
    FunctionCounter.builder(name, sink, s -> value.applyAsDouble(s.metrics()))
        .description(description)
        .register(meters);
  }

  private void gauge(String name, String description, LongSupplier value) {
    Gauge.builder(name, value::getAsLong).description(description).register(meters);
  }
}

package io.tocsin.edge.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * /health (200 while the sensor is well, else 503, JSON either way) and /metrics (Prometheus) for
 * whoever reaches the address.
 */
public final class HealthPage implements AutoCloseable {

  private static final int WELL = 200;
  private static final int STALLED = 503;
  private static final int ONLY_GET = 405;
  private static final int NOWHERE = 404;

  private final HttpServer server;
  private final ExecutorService executor;

  private HealthPage(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * @throws IOException if the address cannot be used
   */
  public static HealthPage open(InetSocketAddress address, Pulse pulse) throws IOException {
    return open(address, pulse, Telling.NOTHING);
  }

  /**
   * @param telling what it says beside the pulse
   * @throws IOException if the address cannot be used
   */
  public static HealthPage open(InetSocketAddress address, Pulse pulse, Telling telling)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "tocsin-health");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(executor);
    server.createContext("/", exchange -> answer(exchange, pulse, telling));
    server.start();
    return new HealthPage(server, executor);
  }

  private static void answer(HttpExchange exchange, Pulse pulse, Telling telling)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        answer(exchange, ONLY_GET, "text/plain", "GET is all that can be done here\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/health" -> {
          Pulse.Reading reading = pulse.read();
          answer(
              exchange,
              reading.isWell() ? WELL : STALLED,
              "application/json",
              Metrics.json(reading, telling));
        }
        case "/metrics" ->
            answer(
                exchange,
                WELL,
                "text/plain; version=0.0.4",
                Metrics.prometheus(pulse.read(), telling));
        default -> answer(exchange, NOWHERE, "text/plain", "/health and /metrics are here\n");
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** The port, where the address left it open. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdown();
  }
}

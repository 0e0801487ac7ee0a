package io.tocsin.schema.progress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * {@code GET /health}: 200 while all work gets done, else 503, with the reasons in words, JSON
 * either way. {@code GET /health/live}: the same, but 503 only where a restart would help: what
 * waits for a server that is away is alive.
 */
public final class ProgressPage implements AutoCloseable {

  private static final int WELL = 200;
  private static final int UNWELL = 503;
  private static final int NOWHERE = 404;
  private static final int ONLY_GET = 405;

  private final HttpServer server;
  private final ExecutorService executor;

  private ProgressPage(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Serves the page on the loopback address.
   *
   * @param port 0 for a free one
   * @throws IOException if the port is taken
   */
  public static ProgressPage serve(int port, List<Progress> work) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    // One that ends with the program: a server's own thread would keep it.
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "tocsin-health");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(executor);
    addTo(server, work);
    server.start();
    return new ProgressPage(server, executor);
  }

  /** Adds the page to a server. */
  public static void addTo(HttpServer server, List<Progress> work) {
    List<Progress> all = List.copyOf(work);
    server.createContext("/health", exchange -> answer(exchange, all));
  }

  private static void answer(HttpExchange exchange, List<Progress> work) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        answer(exchange, ONLY_GET, "{\"status\": \"GET is all that can be done here\"}\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/health" -> answer(exchange, work, Progress.Reading::isWell);
        case "/health/live" -> answer(exchange, work, Progress.Reading::isAlive);
        default ->
            answer(exchange, NOWHERE, "{\"status\": \"/health and /health/live are here\"}\n");
      }
    }
  }

  private static void answer(
      HttpExchange exchange, List<Progress> work, Predicate<Progress.Reading> isGood)
      throws IOException {
    List<Progress.Reading> readings = work.stream().map(Progress::read).toList();
    answer(exchange, readings.stream().allMatch(isGood) ? WELL : UNWELL, json(readings));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String json(List<Progress.Reading> readings) {
    return readings.stream()
        .map(
            reading ->
                "{\"name\": %s, \"status\": \"%s\", \"secondsSinceProgress\": %d, \"reason\": %s}"
                    .formatted(
                        quoted(reading.name()),
                        reading.state().name().toLowerCase(Locale.ROOT),
                        reading.sinceProgress().toSeconds(),
                        quoted(reading.reason())))
        .collect(
            Collectors.joining(
                ", ",
                "{\"status\": \"%s\", \"work\": ["
                    .formatted(
                        readings.stream().allMatch(Progress.Reading::isWell) ? "well" : "unwell"),
                "]}\n"));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** The port that is served. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdown();
  }
}

package io.tocsin.stack.server;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.ChildCommand;
import io.tocsin.stack.process.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Apicurio Registry by its Confluent-compatible interface. Its schemas lie in PostgreSQL, because
 * the ids in Kafka's records must mean the same after a restart.
 */
public final class RegistryServer implements Server {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Distribution distribution;
  private final Launcher launcher;
  private final Path folder;
  private final int port;
  private final Storage storage;
  private final List<Child> children = new ArrayList<>();

  /**
   * The database that holds the schemas.
   *
   * @param password asked for when the registry starts
   */
  public record Storage(String jdbcUrl, String user, Supplier<String> password) {}

  /**
   * @param folder where the process runs
   * @param storage must answer before {@link #start}
   */
  public RegistryServer(
      Distribution distribution, Launcher launcher, Path folder, int port, Storage storage) {
    this.distribution = distribution;
    this.launcher = launcher;
    this.folder = folder;
    this.port = port;
    this.storage = storage;
  }

  /** Base address of the Confluent-compatible interface. */
  public String url() {
    return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
  }

  @Override
  public String name() {
    return "registry";
  }

  @Override
  public List<Child> children() {
    return List.copyOf(children);
  }

  @Override
  public void start() {
    Path runner = runner();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
    children.add(
        launcher.start(
            new ChildCommand(
                name(),
                List.of(
                    distribution.java(),
                    "-Xmx384m",
                    // Clients keep the schemas that they asked for: it is busy while it starts.
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Djava.net.preferIPv4Stack=true",
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    "-Dquarkus.http.access-log.enabled=false",
                    "-Dquarkus.banner.enabled=false",
                    "-Dapicurio.storage.kind=sql",
                    "-Dapicurio.storage.sql.kind=postgresql",
                    "-Dapicurio.datasource.url=" + storage.jdbcUrl(),
                    "-Dapicurio.datasource.username=" + storage.user(),
                    "-Dapicurio.datasource.jdbc.initial-size=2",
                    "-Dapicurio.datasource.jdbc.min-size=2",
                    "-Dapicurio.datasource.jdbc.max-size=10",
                    "-jar",
                    runner.toString()),
                // Not an argument, which everyone on the machine may read.
                Map.of("APICURIO_DATASOURCE_PASSWORD", storage.password().get()),
                folder,
                "TERM",
                GRACE)));
  }

  @Override
  public void awaitReady() throws InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + "/subjects"))
            .timeout(Duration.ofSeconds(5))
            .build();
    Readiness.await(
        name(),
        children(),
        () -> {
          HttpResponse<String> response =
              client.send(request, HttpResponse.BodyHandlers.ofString());
          if (response.statusCode() != 200) {
            throw new IOException(request.uri() + " answers " + response.statusCode());
          }
        });
  }

  private Path runner() {
    try (var files = Files.newDirectoryStream(distribution.registry(), "*-runner.jar")) {
      return files.iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(distribution.registry() + " cannot be read", e);
    }
  }
}

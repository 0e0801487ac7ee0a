package io.tocsin.sink.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** S3Proxy, an S3 server over memory, in a process of its own. */
final class S3Server implements AutoCloseable {

  static final Path JAR = Path.of("target/s3-server/s3proxy.jar");
  static final String MISSING = JAR + " is not there: the phase pre-integration-test fetches it";
  private static final String BUCKET = "evidence";

  private final Process process;
  private final URI endpoint;

  private S3Server(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  static S3Server start(Path folder) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Path settings =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=%s
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=tester
            s3proxy.credential=secret
            jclouds.provider=transient
            jclouds.identity=none
            jclouds.credential=none
            """
                .formatted(endpoint));
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-Xmx128m",
                    "-jar",
                    JAR.toString(),
                    "--properties",
                    settings.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Server server = new S3Server(process, endpoint);
    await().atMost(Duration.ofSeconds(60)).until(() -> server.answers(port));
    try (S3Client client = server.client("secret")) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
    return server;
  }

  EvidenceSettings.S3Settings settings() {
    return new EvidenceSettings.S3Settings(endpoint, "us-east-1", BUCKET);
  }

  ObjectStore store(String secret) {
    return S3Store.of(
        settings(), StaticCredentialsProvider.create(AwsBasicCredentials.create("tester", secret)));
  }

  @Override
  public void close() {
    process.destroy();
    assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
  }

  private S3Client client(String secret) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("tester", secret)))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private boolean answers(int port) {
    assertThat(process.isAlive()).isTrue();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}

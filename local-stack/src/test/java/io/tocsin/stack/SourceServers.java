package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.stack.process.TcpPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's servers that sound comes from, each on a free port; all end with this. */
final class SourceServers implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String INSTALL = "; apt-get install --no-install-recommends ";

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  SourceServers(Path folder) {
    this.folder = folder;
  }

  /** Programs and files that a test needs; without them it is skipped. */
  private static void need(String packages, String... files) {
    for (String file : files) {
      assumeTrue(Files.exists(Path.of(file)), file + " is not there" + INSTALL + packages);
    }
  }

  private static void awaitPort(int port) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
              } catch (IOException e) {
                return false;
              }
            });
  }

  /** Starts a program whose words go to a file of the folder. */
  Process start(String name, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** GStreamer's RTSP server; gives the stream's address. */
  String rtsp(Path wav) throws Exception {
    String packages =
        "ffmpeg python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base"
            + " gstreamer1.0-plugins-good";
    need(packages, "/usr/bin/ffmpeg", "/usr/bin/python3");
    int found =
        start(
                "rtsp-there",
                Map.of(),
                "/usr/bin/python3",
                "-c",
                "import gi; gi.require_version('GstRtspServer', '1.0')")
            .waitFor();
    assumeTrue(found == 0, "GStreamer's RTSP server is not there" + INSTALL + packages);
    Path script = folder.resolve("rtsp-server.py");
    try (var in = SourceServers.class.getResourceAsStream("rtsp-server.py")) {
      Files.write(script, in.readAllBytes());
    }
    int port = TcpPorts.own(1)[0];
    start(
        "rtsp",
        Map.of(),
        "/usr/bin/python3",
        script.toString(),
        Integer.toString(port),
        wav.toString());
    awaitPort(port);
    return "rtsp://127.0.0.1:" + port + "/live";
  }

  /** ffmpeg as an HTTP server of one listener, in real time; gives the stream's address. */
  String http(Path wav) throws IOException {
    need("ffmpeg", "/usr/bin/ffmpeg");
    String address = "http://127.0.0.1:" + TcpPorts.own(1)[0] + "/live.wav";
    start(
        "http",
        Map.of(),
        "/usr/bin/ffmpeg",
        "-nostdin",
        "-re",
        "-i",
        wav.toString(),
        "-c",
        "copy",
        "-f",
        "wav",
        "-listen",
        "1",
        address);
    // Nobody may ask whether it listens: it serves the first that connects.
    return address;
  }

  /** Mosquitto; gives its port. */
  int mqtt() throws IOException {
    need("mosquitto", "/usr/sbin/mosquitto");
    int port = TcpPorts.own(1)[0];
    Path settings =
        Files.writeString(
            folder.resolve("mosquitto.conf"),
            "listener %d 127.0.0.1\nallow_anonymous true\n".formatted(port));
    start("mosquitto", Map.of(), "/usr/sbin/mosquitto", "-c", settings.toString());
    awaitPort(port);
    return port;
  }

  /** A sound card that is none: what is played on it is captured from it. */
  Map<String, String> loopbackCard() throws IOException {
    return card("virtual.monitor");
  }

  /** A sound card that is none, and captures nothing until {@link #speak} gives it sound. */
  Map<String, String> microphoneCard() throws IOException {
    return card("microphone");
  }

  /** Has a {@link #microphoneCard} capture a recording, from its first sample, in real time. */
  void speak(Map<String, String> card, Path wav) throws IOException {
    need("ffmpeg", "/usr/bin/ffmpeg");
    await()
        .atMost(PATIENCE)
        .until(
            () -> words(card, "/usr/bin/pactl", "list", "source-outputs").contains("Corked: no"));
    start(
        "speak",
        Map.of(),
        "/usr/bin/ffmpeg",
        "-nostdin",
        "-y",
        "-re",
        "-i",
        wav.toString(),
        "-f",
        "s16le",
        folder.resolve("pulse").resolve("microphone").toString());
  }

  private static String words(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String words = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return words;
  }

  /**
   * PulseAudio with two devices that only programs play on and capture from.
   *
   * @param source the one of its sources that is the card's
   * @return what the environment of its users has to hold
   */
  private Map<String, String> card(String source) throws IOException {
    need(
        "pulseaudio pulseaudio-utils libasound2-plugins alsa-utils",
        "/usr/bin/pulseaudio",
        "/usr/bin/paplay",
        "/usr/share/alsa/alsa.conf");
    Path home = Files.createDirectories(folder.resolve("pulse"));
    String socket = home.resolve("socket").toString();
    Path alsa =
        Files.writeString(
            home.resolve("asound.conf"),
            """
            </usr/share/alsa/alsa.conf>
            pcm.!default { type pulse server "unix:%1$s" device "%2$s" hint.description "virtual" }
            ctl.!default { type pulse server "unix:%1$s" }
            """
                .formatted(socket, source),
            UTF_8);
    Map<String, String> environment =
        Map.of(
            "HOME", home.toString(),
            "XDG_RUNTIME_DIR", home.toString(),
            "PULSE_SERVER", "unix:" + socket,
            "ALSA_CONFIG_PATH", alsa.toString());
    start(
        "pulseaudio",
        Map.of("HOME", home.toString(), "XDG_RUNTIME_DIR", home.toString()),
        "/usr/bin/pulseaudio",
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=false",
        "--disable-shm=true",
        "-L",
        "module-null-sink sink_name=virtual rate=16000 channels=1 format=s16le",
        "-L",
        "module-pipe-source source_name=microphone rate=16000 channels=1 format=s16le file="
            + home.resolve("microphone"),
        "-L",
        "module-native-protocol-unix auth-anonymous=1 socket=" + socket);
    await().atMost(PATIENCE).until(() -> Files.exists(Path.of(socket)));
    return environment;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}

package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.TocsinSensor;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.Topics;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaProblem;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.identity.RecordSigner;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.TraceParent;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.security.Role;
import io.tocsin.stack.security.SensorCommand;
import io.tocsin.stack.security.StackSecurity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole chain with TLS, passwords, rights and signatures on. */
class SecuredSystemIT {

  private static final String SCORING = "scoring";
  private static final Pattern SECRET =
      Pattern.compile("(?: password=\"|^tocsin\\.signing\\.private-key=)([A-Za-z0-9_+/=-]{20,})");

  @TempDir private static Path home;

  private static SecuredSystem system;
  private static String homeBefore;

  @BeforeAll
  static void startEverything() throws Exception {
    homeBefore = System.getProperty("tocsin.home", "");
    System.setProperty("tocsin.home", home.toString());
    System.setProperty("tocsin.log.clients", "debug");
    system = SecuredSystem.start(home);
  }

  @AfterAll
  static void stopEverything() {
    System.setProperty("tocsin.home", homeBefore);
    System.clearProperty("tocsin.log.clients");
    if (system != null) {
      system.close();
    }
  }

  @Test
  void aRecordingBecomesAnAlertThatAnAnalystReads() throws Exception {
    Path recording = home.resolve("cry.wav");
    Recordings.writeWav(recording, glassThenCry(Given.audio()));
    Instant start = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
    double[][] corners = {{0, 0}, {0, 0.0003}, {0.0002, 0}, {0.0002, 0.0003}};
    for (int i = 0; i < corners.length; i++) {
      String id = "corner-" + i;
      List<String> arguments =
          List.of(
              "--credentials=" + system.add(id),
              "--sensor-id=" + id,
              "--lat=" + (52.52 + corners[i][0]),
              "--lon=" + (13.41 + corners[i][1]),
              "--start=" + start,
              // On machines whose clock nothing sets the sensors would say so, and locate nothing.
              "--clock=NTP",
              "--pace=MAX",
              "--health=off",
              "--spool=" + home.resolve("spool-" + id),
              recording.toString());
      if (i == 0) {
        assertThat(sensorThatSaysAll(arguments)).isZero();
      } else {
        SensorCommand sensor = SensorCommand.run(arguments);
        assertThat(sensor.exitCode()).as(sensor.said()).isZero();
      }
    }

    await().atMost(SecuredSystem.PATIENCE).untilAsserted(() -> assertThat(alerts()).isNotEmpty());
    await()
        .atMost(SecuredSystem.PATIENCE)
        .untilAsserted(
            () -> {
              PostgisReader rows =
                  new PostgisReader(
                      system.stack().endpoints().jdbcUrl(), system.stack().databasePassword());
              assertThat(rows.column("SELECT count(*) FROM tocsin.detection").get(0))
                  .isNotEqualTo("0");
              assertThat(rows.column("SELECT count(*) FROM tocsin.distress_alert").get(0))
                  .isNotEqualTo("0");
              assertThat(rows.column("SELECT sensor_id FROM tocsin.sensor"))
                  .contains("corner-0", "corner-1", "corner-2", "corner-3");
            });
    assertThat(system.records(Role.ANALYST, Topics.DETECTIONS.name())).isNotEmpty();
    anAlertIsInTheTraceOfAFrameOfASensorThatItRestsOn();
    assertThat(system.stack().unexpectedEnd()).isNotDone();
    nothingSecretWasWritten();
  }

  private static void anAlertIsInTheTraceOfAFrameOfASensorThatItRestsOn() {
    Map<String, String> sensorsByTrace = new HashMap<>();
    for (var frame : system.records(Role.EVIDENCE, Topics.AUDIO_FRAMES.name())) {
      TraceParent trace = TraceParent.of(frame.headers());
      sensorsByTrace.put(trace.traceId(), new String(frame.key(), UTF_8));
    }
    ConfluentAvroDeserializer<Detection> detections =
        new ConfluentAvroDeserializer<>(system.registry(), Detection.class);
    Map<String, String> sensorsByDetection = new HashMap<>();
    for (var record : system.records(Role.ANALYST, Topics.DETECTIONS.name())) {
      Detection detection = detections.deserialize(record.topic(), record.value());
      sensorsByDetection.put(detection.getDetectionId(), detection.getSensorId());
      TraceParent trace = TraceParent.of(record.headers());
      if (trace != null) {
        assertThat(sensorsByTrace).containsEntry(trace.traceId(), detection.getSensorId());
        assertThat(trace).isEqualTo(trace.child(detection.getDetectionId(), 0));
      }
    }
    ConfluentAvroDeserializer<DistressAlert> alerts =
        new ConfluentAvroDeserializer<>(system.registry(), DistressAlert.class);
    assertThat(system.records(Role.ANALYST, Topics.DISTRESS_ALERTS.name()))
        .anySatisfy(
            record -> {
              DistressAlert alert = alerts.deserialize(record.topic(), record.value());
              TraceParent trace = TraceParent.of(record.headers());
              assertThat(alert.getState()).isEqualTo(AlertState.OPEN);
              assertThat(trace).isNotNull();
              assertThat(WholeSystem.header(record, "tocsin-cell")).matches("85[0-9a-f]{13}");
              assertThat(trace).isEqualTo(trace.child(alert.getAlertId(), alert.getRevision()));
              assertThat(alert.getEvents().stream().flatMap(e -> e.getDetectionIds().stream()))
                  .extracting(sensorsByDetection::get)
                  .contains(sensorsByTrace.get(trace.traceId()));
            });
    assertThat(system.records(Role.ANALYST, Topics.SOUND_EVENTS.name()))
        .anySatisfy(
            record ->
                assertThat(sensorsByTrace).containsKey(TraceParent.of(record.headers()).traceId()));
  }

  private static List<DistressAlert> alerts() {
    ConfluentAvroDeserializer<DistressAlert> deserializer =
        new ConfluentAvroDeserializer<>(system.registry(), DistressAlert.class);
    return system.records(Role.ANALYST, Topics.DISTRESS_ALERTS.name()).stream()
        .map(record -> deserializer.deserialize(record.topic(), record.value()))
        .toList();
  }

  private static short[] glassThenCry(Path library) throws IOException {
    SoundLibrary sounds = new SoundLibrary(List.of(library), Set.of());
    List<short[]> pieces = new ArrayList<>(List.of(Frames.noise(2 * Frames.RATE_HERTZ)));
    for (int i = 0; i < 3; i++) {
      for (SoundLibrary.Role role : List.of(SoundLibrary.Role.GLASS, SoundLibrary.Role.CRY)) {
        List<Path> files =
            sounds.recordings(role).stream().map(SoundLibrary.Recording::file).sorted().toList();
        pieces.add(Pcm16.fromFloats(AudioFiles.read(files.get(i), Frames.RATE_HERTZ).samples()));
        pieces.add(Frames.noise(2 * Frames.RATE_HERTZ));
      }
    }
    short[] all = new short[pieces.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (short[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  /** The sensor as a program of its own that logs at DEBUG. */
  private static int sensorThatSaysAll(List<String> arguments) throws Exception {
    Path configuration =
        Files.writeString(
            home.resolve("debug.properties"),
            """
            appenders = console
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %p %c %m%n%throwable
            rootLogger.level = debug
            rootLogger.appenderRef.console.ref = console
            """);
    Distribution distribution = Distribution.locate();
    List<String> command =
        new ArrayList<>(
            List.of(
                distribution.java(),
                "-Dlog4j2.configurationFile=" + configuration,
                "-cp",
                distribution.classPath(),
                TocsinSensor.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve("sensor-debug.log").toFile())
        .start()
        .waitFor();
  }

  /** Neither logs at DEBUG, nor settings, nor plans of jobs, nor what Flink's pages show. */
  private static void nothingSecretWasWritten() throws Exception {
    Set<String> secrets = new HashSet<>();
    for (Path file : filesIn(StackSecurity.folder(system.stack().stateDir()))) {
      if (file.toString().endsWith(".properties")) {
        for (String line : Files.readAllLines(file)) {
          Matcher found = SECRET.matcher(line);
          while (found.find()) {
            secrets.add(found.group(1));
          }
        }
      } else if (file.toString().endsWith("-password")) {
        secrets.add(Files.readString(file).strip());
      }
    }
    assertThat(secrets)
        .as("passwords of 7 roles, of 4 sensors and their keys")
        .hasSizeGreaterThan(15);

    Map<String, String> written = new HashMap<>();
    written.put("sensor", Files.readString(home.resolve("sensor-debug.log")));
    for (Path file : filesIn(system.stack().stateDir())) {
      boolean log = file.startsWith(system.stack().stateDir().resolve("log"));
      boolean settings = file.toString().matches(".*\\.(yaml|json|properties|conf)");
      if ((log || settings) && !file.startsWith(StackSecurity.folder(system.stack().stateDir()))) {
        written.put(file.toString(), Files.readString(file, ISO_8859_1));
      }
    }
    for (var job : system.stack().flink().jobs()) {
      written.put(
          "config of " + job,
          system.stack().flink().json("/jobs/" + job.id() + "/config").toString());
      written.put(
          "plan of " + job, system.stack().flink().json("/jobs/" + job.id() + "/plan").toString());
    }
    // That the search finds what is there to be found: clients did write their settings.
    assertThat(written.get("sensor")).contains("sasl.jaas.config = [hidden]", "DEBUG ");
    assertThat(written)
        .anySatisfy(
            (file, text) -> {
              assertThat(file).endsWith("flink-taskmanager.log");
              assertThat(text).contains("sasl.jaas.config = [hidden]");
            });
    written.forEach(
        (where, text) ->
            assertThat(secrets.stream().filter(text::contains).map(s -> s.substring(0, 4)))
                .as(where)
                .isEmpty());
  }

  private static List<Path> filesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !file.toString().contains("/kafka/records/"))
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  @Test
  void aSensorCannotSpeakForAnother() throws Exception {
    Path a = system.add("gate-a");
    Path b = system.add("gate-b");
    SensorCommand impostor =
        SensorCommand.run(
            List.of("check", "--credentials=" + b, "--sensor-id=gate-a", "--spool=" + home));
    assertThat(impostor.exitCode()).isEqualTo(2);
    assertThat(impostor.said()).contains("are sensor gate-b's, and --sensor-id is gate-a");

    // Kafka lets B write the topic; what it writes as A is not believed.
    try (FleetProducer byB = system.producer(b)) {
      String unlike =
          UnbelievedRecordException.class.getName()
              + ": it says that it is of sensor 'gate-a', but is signed with key ";
      assertThat(system.refusal(byB.send(Frames.second("gate-a")).get(), SCORING))
          .startsWith(unlike)
          .endsWith("which is not one of that sensor's");
      assertThat(system.refusal(byB.send(heartbeat("gate-a")).get(), "sensor-health"))
          .startsWith(unlike);
      RecordMetadata moved = byB.register(Frames.sensor("gate-a", 48.1, 11.5)).get();
      assertThat(system.refusal(moved, SCORING)).startsWith(unlike);
      assertThat(system.refusal(moved, "distress")).startsWith(unlike);
      assertThat(system.refusal(moved, "sink")).startsWith(unlike);
    }
    try (FleetProducer byA = system.producer(b, a)) {
      assertThat(system.refusal(byA.send(Frames.second("gate-b")).get(), SCORING))
          .contains("it says that it is of sensor 'gate-b'");
    }
    try (FleetProducer unsigned = system.producer(a, RecordSigner.none())) {
      assertThat(system.refusal(unsigned.send(Frames.second("gate-a")).get(), SCORING))
          .contains("it is not signed, and of sensor 'gate-a' signed records alone are believed");
    }
    await()
        .atMost(SecuredSystem.PATIENCE)
        .untilAsserted(() -> assertThat(count("recordsUnbelieved")).isPositive());
  }

  private static Heartbeat heartbeat(String sensorId) {
    return Heartbeat.newBuilder()
        .setSensorId(sensorId)
        .setBootId("boot")
        .setSentAt(Frames.now())
        .setClock(Clock.newBuilder().setUncertaintyMicros(1_000).build())
        .setSpoolDepth(0)
        .setLevelDbfs(-40f)
        .setFramesSent(1)
        .setFramesDropped(0)
        .setFirmware("it")
        .build();
  }

  private static long count(String metric) throws Exception {
    return Math.round(
        system
            .stack()
            .flink()
            .sumOfMetric(
                system.stack().flink().awaitRunning(ScoringJob.NAME, SecuredSystem.PATIENCE).id(),
                metric));
  }

  @Test
  void aRevokedSensorIsBelievedNoMoreWithoutARestart() throws Exception {
    Path lost = system.add("gate-lost");
    Path other = system.add("gate-other");
    try (FleetProducer before = system.producer(lost);
        FleetProducer stolenKey = system.producer(other, lost)) {
      // Scored, not refused: the frame behind it in the same partition tells.
      before.send(Frames.second("gate-lost")).get();
      String revoked = SecuredSystem.tocsin("fleet", "revoke", "gate-lost", "--name=secured");
      assertThat(revoked).contains("sensor gate-lost is shut out");
      assertThat(SecuredSystem.tocsin("fleet", "list", "--name=secured"))
          .containsPattern("gate-lost +shut out +key revoked")
          .containsPattern("gate-other +let in +1 key believed");

      RecordMetadata after = stolenKey.send(Frames.second("gate-lost")).get();
      assertThat(system.refusal(after, SCORING)).contains("which was revoked at ");
      // Kafka itself refuses the connection that was open.
      assertThatThrownBy(() -> before.send(Frames.second("gate-lost")).get())
          .hasCauseInstanceOf(TopicAuthorizationException.class);
    }
    // Let in again, it has another key, and is believed by that.
    SecuredSystem.tocsin("fleet", "add", "gate-lost", "--renew", "--name=secured");
    try (FleetProducer again = system.producer(lost)) {
      again.send(Frames.second("gate-lost")).get();
    }
    assertThat(SecuredSystem.tocsin("fleet", "list", "--name=secured"))
        .containsPattern("gate-lost +let in +1 key believed");
  }

  @Test
  void whoHasNoRightIsRefusedByName() {
    assertThatThrownBy(() -> system.records(Role.ANALYST, Topics.AUDIO_FRAMES.name()))
        .isInstanceOf(TopicAuthorizationException.class);
    assertThat(whyNot(Role.ANALYST, Topics.DISTRESS_ALERTS.name()))
        .startsWith("User:tocsin-analyst may write no topic on ");
    assertThat(whyNot(Role.SCORING, Topics.DISTRESS_ALERTS.name()))
        .startsWith("User:tocsin-scoring may not use topic tocsin.distress-alerts.v1 on ");
    // Sensors' keys are the administrator's alone.
    for (Role role : Role.values()) {
      if (role != Role.ADMIN) {
        assertThat(whyNot(role, Topics.SENSOR_KEYS.name())).startsWith("User:" + role.user());
      }
    }
  }

  /** What is said to {@code role} when it writes to a topic. */
  private static String whyNot(Role role, String topic) {
    String servers = system.stack().endpoints().bootstrapServers();
    Map<String, Object> settings = new HashMap<>(system.as(role));
    settings.put("bootstrap.servers", servers);
    settings.put("max.block.ms", "10000");
    CredentialsFile credentials =
        CredentialsFile.read(StackSecurity.credentials(system.stack().stateDir(), role));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      return KafkaProblem.of(servers, Optional.of(credentials))
          .explain(
              catchThrowable(
                  () -> producer.send(new ProducerRecord<>(topic, new byte[] {1})).get()));
    }
  }
}

package io.tocsin.stack.security;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.Topics;
import io.tocsin.schema.access.CredentialsFile;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a sensor says at a real secured broker that does not let it in, and that does. */
class SensorAccessIT {

  @TempDir private static Path home;

  private static SecuredBroker broker;
  private static String password;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = SecuredBroker.start(home.resolve("stack"));
    password = broker.letIn("gate-3");
  }

  @AfterAll
  static void stopBroker() {
    if (broker != null) {
      broker.close();
    }
  }

  private static Path gate3(String name, Map<String, String> changes) {
    return broker.credentials(name, "sensor-gate-3", password, changes);
  }

  private static SensorCommand check(Path credentials) {
    return check(credentials, "gate-3");
  }

  private static SensorCommand check(Path credentials, String sensorId) {
    return SensorCommand.run(
        List.of(
            "check",
            "--credentials=" + credentials,
            "--sensor-id=" + sensorId,
            "--registry-url=" + broker.registryUrl(),
            "--spool=" + home.resolve("spool-" + sensorId)));
  }

  /** Publishes a second of silence. */
  private static SensorCommand publish(Path credentials, String name) throws Exception {
    Path wav = home.resolve(name + ".wav");
    AudioSystem.write(
        new AudioInputStream(
            new java.io.ByteArrayInputStream(new byte[32_000]),
            new AudioFormat(16_000, Short.SIZE, 1, true, false),
            16_000),
        AudioFileFormat.Type.WAVE,
        wav.toFile());
    return SensorCommand.run(
        List.of(
            "--credentials=" + credentials,
            "--sensor-id=gate-3",
            "--registry-url=" + broker.registryUrl(),
            "--spool=" + home.resolve("spool-" + name),
            "--health=off",
            "--finish-within=5s",
            wav.toString()));
  }

  /** Both commands say it in one line, and neither takes it for done. */
  private static void bothSay(Path credentials, String name, String... words) throws Exception {
    SensorCommand check = check(credentials);
    assertThat(check.exitCode()).as(check.said()).isEqualTo(1);
    assertThat(check.ofKafka()).startsWith("WRONG").contains(words);
    SensorCommand publish = publish(credentials, name);
    assertThat(publish.exitCode()).as(publish.said()).isEqualTo(1);
    assertThat(publish.said().lines().filter(line -> Stream.of(words).allMatch(line::contains)))
        .as(publish.said())
        .isNotEmpty();
    assertThat(publish.said())
        .contains("wait in the spool and are sent at the next start")
        .doesNotContain(password, "\tat ");
  }

  @Test
  void aSensorThatWasLetInIsHeard() throws Exception {
    Path credentials = gate3("good", Map.of());
    SensorCommand check = check(credentials);
    assertThat(check.ofKafka()).startsWith("ok").contains("lets User:sensor-gate-3 write them");
    SensorCommand publish = publish(credentials, "good");
    assertThat(publish.exitCode()).as(publish.said()).isZero();
  }

  @Test
  void aWrongPasswordIsSaid() throws Exception {
    Path credentials = broker.credentials("wrong", "sensor-gate-3", "not-this-one", Map.of());
    bothSay(
        credentials,
        "wrong",
        broker.address() + " does not know User:sensor-gate-3 by this password",
        "--renew");
  }

  @Test
  void aMissingRightNamesPrincipalTopicAndWayOut() throws Exception {
    Path analyst = broker.security().credentials(Role.ANALYST);
    bothSay(
        analyst,
        "analyst",
        "User:tocsin-analyst may not use topic",
        Topics.SENSORS.name(),
        "./tocsin fleet add");
  }

  @Test
  void anAuthorityThatIsNotTrustedIsSaid() throws Exception {
    CertificateAuthority other = CertificateAuthority.open(home.resolve("other"), "other");
    bothSay(
        gate3("authority", Map.of("ssl.truststore.certificates", other.certificate())),
        "authority",
        "is of none of the authorities in ssl.truststore");
  }

  @Test
  void anExpiredCertificateOfTheServerIsSaid() throws Exception {
    bothSay(
        gate3(
            "expired",
            Map.of(
                "bootstrap.servers",
                broker.addressWithExpiredCertificate(),
                "security.protocol",
                "SSL")),
        "expired",
        "the server's certificate has expired (NotAfter:");
  }

  @Test
  void aCertificateOfAnotherHostIsSaid() throws Exception {
    bothSay(
        gate3(
            "elsewhere",
            Map.of(
                "bootstrap.servers",
                broker.addressWithAnothersCertificate(),
                "security.protocol",
                "SSL")),
        "elsewhere",
        "the server's certificate is for another host");
  }

  @Test
  void aCertificateLetsASensorInAndAnExpiredOneIsSaid() throws Exception {
    CertificateAuthority authority = broker.security().authority();
    Path good = authority.keyAndCertificate("sensor-gate-3", List.of(), Instant.now(), 90);
    assertThat(check(broker.credentials("mutual", "", "", broker.byCertificate(good))).ofKafka())
        .startsWith("ok")
        .contains("lets User:sensor-gate-3 write them");

    Path old =
        authority.keyAndCertificate(
            "sensor-gate-4", List.of(), Instant.now().minus(9, ChronoUnit.DAYS), 2);
    Path credentials = broker.credentials("old", "", "", broker.byCertificate(old));
    assertThat(check(credentials).ofKafka())
        .startsWith("WRONG")
        .contains("this client's certificate has expired");
  }

  @Test
  void whatIsWrongHereIsSaidBeforeAnythingIsSent() throws Exception {
    Path readable = gate3("readable", Map.of());
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rw-r--r--"));
    SensorCommand refused = check(readable);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.said()).contains("may be read by others", "chmod 600 " + readable);

    SensorCommand anothers =
        check(gate3("of-gate-3", Map.of("tocsin.sensor.id", "gate-3")), "gate-4");
    assertThat(anothers.exitCode()).isEqualTo(2);
    assertThat(anothers.said()).contains("are sensor gate-3's, and --sensor-id is gate-4");

    SensorCommand broken =
        check(gate3("broken", Map.of("ssl.truststore.certificates", "no certificate")));
    assertThat(broken.exitCode()).isEqualTo(2);

    SensorCommand flag =
        SensorCommand.run(
            List.of(
                "check",
                "--sensor-id=gate-3",
                "--kafka=ssl.key.password=" + password,
                "--spool=" + home.resolve("spool-flag")));
    assertThat(flag.exitCode()).isEqualTo(2);
    assertThat(flag.said()).contains("ssl.key.password holds a secret").doesNotContain(password);
  }

  @Test
  void aRevokedSensorIsShutOutWhereItIsConnectedAndWhereItConnectsAnew() throws Exception {
    String its = broker.letIn("gate-9");
    Path credentials = broker.credentials("nine", "sensor-gate-9", its, Map.of());
    assertThat(check(credentials, "gate-9").ofKafka()).startsWith("ok");
    try (Admin admin = broker.admin()) {
      Fleet fleet = new Fleet(admin);
      assertThat(fleet.members()).extracting(Fleet.Member::sensorId).contains("gate-3", "gate-9");
      assertThat(fleet.members()).allMatch(Fleet.Member::isLetIn);
      assertThat(fleet.revoke(new SensorPrincipal("gate-9"))).isTrue();
      assertThat(fleet.revoke(new SensorPrincipal("gate-9"))).isFalse();
      assertThat(fleet.members()).extracting(Fleet.Member::sensorId).doesNotContain("gate-9");
    }
    assertThat(check(credentials, "gate-9").ofKafka())
        .startsWith("WRONG")
        .contains("does not know User:sensor-gate-9");
  }

  @Test
  void thePrintedCommandsLetASensorInAndShutItOut() throws Exception {
    SensorPrincipal sensor = new SensorPrincipal("gate-7");
    String its = Secret.random();
    Path scram =
        PrivateFiles.write(home.resolve("gate-7.scram"), PrintedCommands.scramConfiguration(its));
    Path credentials = broker.credentials("seven", sensor.user(), its, Map.of());
    List<String> add =
        PrintedCommands.add(sensor, broker.address(), scram, home.resolve("gate-7.properties"));
    assertThat(add).noneMatch(line -> line.contains(its));
    run(add);
    assertThat(check(credentials, "gate-7").ofKafka()).startsWith("ok");
    run(PrintedCommands.revoke(sensor, broker.address()));
    assertThat(check(credentials, "gate-7").ofKafka()).startsWith("WRONG");
  }

  /** What a verb of fleet ends with and says, for a cluster that is no stack of this machine. */
  private static SensorCommand fleet(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--credentials=" + broker.security().credentials(Role.ADMIN));
    all.add("--registry-url=" + broker.registryUrl());
    StringWriter said = new StringWriter();
    int exitCode =
        new CommandLine(new FleetVerb())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                  command.getErr().println(failure.getMessage());
                  return 1;
                })
            .execute(all.toArray(new String[0]));
    return new SensorCommand(exitCode, said.toString());
  }

  @Test
  void theFleetOfAnotherClusterIsKeptTheSameWay() throws Exception {
    Path file = home.resolve("far.properties");
    SensorCommand added = fleet("add", "far-1", "--out=" + file);
    assertThat(added.exitCode()).as(added.said()).isZero();
    assertThat(Files.getPosixFilePermissions(file))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
    assertThat(check(file, "far-1").ofKafka()).startsWith("ok");
    String its = CredentialsText.password(CredentialsFile.read(file)).orElseThrow();
    assertThat(added.said()).doesNotContain(its);

    assertThat(fleet("add", "far-1", "--out=" + file).said()).contains("--renew");
    assertThat(fleet("add", "far-1", "--out=" + home.resolve("b.properties")).said())
        .contains("sensor far-1 is let in already");
    assertThat(fleet("add", "far-1", "--renew", "--out=" + file).exitCode()).isZero();
    assertThat(CredentialsText.password(CredentialsFile.read(file))).isNotEqualTo(its);
    assertThat(check(file, "far-1").ofKafka()).startsWith("ok");
    assertThat(fleet("list").said()).containsPattern("far-1 +let in +2 keys believed");

    Path printed = home.resolve("printed.properties");
    SensorCommand commands = fleet("add", "far-2", "--print", "--out=" + printed);
    assertThat(commands.said())
        .contains("kafka-configs.sh", "kafka-acls.sh", "fleet publish-key " + printed)
        .doesNotContain(CredentialsText.password(CredentialsFile.read(printed)).orElseThrow());
    assertThat(Files.getPosixFilePermissions(home.resolve("far-2.scram")))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
    assertThat(fleet("list").said()).doesNotContain("far-2");
    assertThat(fleet("publish-key", printed.toString()).exitCode()).isZero();
    assertThat(fleet("list").said()).containsPattern("far-2 +shut out +1 key believed");

    assertThat(fleet("revoke", "far-1").said()).contains("sensor far-1 is shut out");
    assertThat(fleet("revoke", "far-2").exitCode()).isZero();
    assertThat(fleet("revoke", "far-3").exitCode()).isEqualTo(1);
    assertThat(fleet("list").said()).containsPattern("far-1 +shut out +key revoked");
    assertThat(check(file, "far-1").ofKafka()).startsWith("WRONG");
  }

  /** With Kafka's own classes behind its scripts. */
  private static void run(List<String> commands) throws Exception {
    for (String command : commands) {
      if (command.startsWith("kafka-")) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        String main =
            words.get(0).equals("kafka-acls.sh")
                ? "org.apache.kafka.tools.AclCommand"
                : "kafka.admin.ConfigCommand";
        words.replaceAll(
            word ->
                word.equals("admin.properties")
                    ? broker.security().credentials(Role.ADMIN).toString()
                    : word);
        List<String> java =
            new ArrayList<>(
                List.of(
                    io.tocsin.stack.Distribution.locate().java(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    main));
        java.addAll(words.subList(1, words.size()));
        File log = home.resolve("printed.log").toFile();
        int exitCode =
            new ProcessBuilder(java)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start()
                .waitFor();
        assertThat(exitCode).as(command + ": " + Files.readString(log.toPath())).isZero();
      }
    }
  }
}

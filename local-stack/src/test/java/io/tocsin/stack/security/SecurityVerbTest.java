package io.tocsin.stack.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.stack.Tocsin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SecurityVerbTest {

  @TempDir private Path home;

  private Path folder;
  private String me;

  @BeforeEach
  void whoWeAre() throws IOException {
    folder = home.resolve("security");
    me = Files.getAttribute(home, "unix:uid").toString();
  }

  private record Said(int exitCode, String text) {}

  private Said run(String... further) {
    StringWriter said = new StringWriter();
    CommandLine line =
        Tocsin.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    int exitCode =
        line.execute(
            Stream.concat(
                    Stream.of(
                        "security",
                        "--folder=" + folder,
                        "--bootstrap-servers=kafka:9092",
                        "--registry-url=http://registry:8080",
                        "--certificate=tocsin-broker=dns:kafka,ip:127.0.0.1"),
                    Stream.of(further))
                .toArray(String[]::new));
    return new Said(exitCode, said.toString());
  }

  private String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Map<String, String> files(Path of) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(of)) {
      for (Path file : files.toList()) {
        if (!file.toString().endsWith(".p12")) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return texts;
  }

  @Test
  void everyRoleHasAPasswordOfItsOwnThatStays() throws Exception {
    assertThat(run().exitCode()).isZero();
    Map<String, String> first = files(folder);
    Set<String> passwords = new HashSet<>();
    for (Role role : Role.values()) {
      CredentialsFile file = CredentialsFile.read(new RoleCredentials(folder).file(role));
      assertThat(file.principal()).contains("User:" + role.user());
      assertThat(file.value("bootstrap.servers")).contains("kafka:9092");
      assertThat(file.value(CredentialsFile.REGISTRY_URL)).contains("http://registry:8080");
      KafkaAccess.check(file.kafka());
      passwords.add(new RoleCredentials(folder).password(role));
    }
    assertThat(passwords).hasSize(Role.values().length);

    assertThat(run().exitCode()).isZero();
    assertThat(files(folder)).isEqualTo(first);
  }

  @Test
  void theFirstAdministratorIsKnownByCertificate() {
    assertThat(run().exitCode()).isZero();
    CredentialsFile first =
        CredentialsFile.read(folder.resolve(ContainerSecurity.FIRST_ADMINISTRATOR));
    assertThat(first.principal()).isEqualTo(Optional.of("User:tocsin-admin"));
    assertThat(first.value("security.protocol")).contains("SSL");
    KafkaAccess.check(first.kafka());
  }

  @Test
  void aReaderHasItsOwnFilesForItselfAlone() throws Exception {
    Path sink = home.resolve("sink");
    Path everyone = home.resolve("everyone");
    Said said =
        run(
            "--hand-out=" + sink + "=" + me + ":tocsin-sink.properties,authority.pem",
            "--hand-out=" + everyone + "=anyone:authority.pem");
    assertThat(said.exitCode()).as(said.text()).isZero();

    assertThat(files(sink)).containsOnlyKeys("tocsin-sink.properties", "authority.pem");
    assertThat(files(folder)).containsAllEntriesOf(files(sink));
    assertThat(mode(sink)).isEqualTo("rwx------");
    assertThat(mode(sink.resolve("tocsin-sink.properties"))).isEqualTo("rw-------");
    assertThat(Files.getAttribute(sink.resolve("tocsin-sink.properties"), "unix:uid"))
        .hasToString(me);
    assertThat(mode(everyone.resolve("authority.pem"))).isEqualTo("rw-r--r--");
    assertThat(said.text()).contains("2 readers have theirs").doesNotContain("password");
  }

  @Test
  void whatWouldGiveASecretAwayOrIsMisspeltMakesNothing() {
    for (String wrong :
        List.of(
            "anyone:tocsin-sink.properties",
            "anyone:authority.pem,authority-password",
            "0",
            "0:",
            "0:../authority.p12/x",
            ":authority.pem")) {
      assertThat(run("--hand-out=" + home.resolve("out") + "=" + wrong).exitCode())
          .as(wrong)
          .isEqualTo(2);
    }
    assertThat(folder).doesNotExist();
    Said said = run("--hand-out=" + home.resolve("out") + "=" + me + ":tocsin-sinck.properties");
    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.text())
        .contains("wants tocsin-sinck.properties")
        .contains("is its name right?");
  }

  @Test
  void aRoleWithoutAPasswordIsNotGranted() throws Exception {
    assertThat(run().exitCode()).isZero();
    RoleCredentials roles = new RoleCredentials(folder);
    Files.writeString(roles.file(Role.SINK), "security.protocol=SSL\n");
    assertThatThrownBy(() -> roles.password(Role.SINK))
        .hasMessageContaining("tocsin-sink.properties holds no password");
  }
}

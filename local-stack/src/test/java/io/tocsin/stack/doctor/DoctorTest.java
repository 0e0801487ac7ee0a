package io.tocsin.stack.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tocsin.stack.StackPorts;
import io.tocsin.stack.doctor.Finding.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  private static final long TEN_GIBIBYTES = 10L << 30;

  @TempDir private Path root;

  @Test
  void aMachineWithoutPostgresIsToldHowToGetIt() {
    Finding found = finding(ordinaryUser(Map.of()), "PostgreSQL with PostGIS");

    assertThat(found.state()).isEqualTo(State.MISSING);
    assertThat(found.detail()).contains("sudo apt-get install postgresql-postgis");
  }

  @Test
  void postgresWithoutPostgisDoesNotCount() throws IOException {
    program("usr/lib/postgresql/15/bin/postgres");
    program("usr/lib/postgresql/15/bin/initdb");

    assertThat(finding(ordinaryUser(Map.of()), "PostgreSQL with PostGIS").state())
        .isEqualTo(State.MISSING);
  }

  @Test
  void theNewestPostgresWithPostgisIsFound() throws IOException {
    for (String version : List.of("15", "17")) {
      program("usr/lib/postgresql/" + version + "/bin/postgres");
      program("usr/lib/postgresql/" + version + "/bin/initdb");
      file("usr/share/postgresql/" + version + "/extension/postgis.control", "");
    }

    Finding found = finding(ordinaryUser(Map.of()), "PostgreSQL with PostGIS");

    assertThat(found.state()).isEqualTo(State.OK);
    assertThat(found.detail()).startsWith("PostgreSQL 17 in ");
  }

  @Test
  void rootNeedsAnAccountForPostgres() throws IOException {
    String thing = "account for PostgreSQL";
    assertThat(finding(rootUser(), thing).state()).isEqualTo(State.MISSING);

    file("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n");

    assertThat(finding(rootUser(), thing))
        .extracting(Finding::state, Finding::detail)
        .containsExactly(State.OK, "nobody (PostgreSQL does not run as root)");
  }

  @Test
  void rootWithAptIsToldThatUpInstallsPostgres() throws IOException {
    program("usr/bin/apt-get");

    Finding found = finding(rootUser(), "PostgreSQL with PostGIS");

    assertThat(found.state()).isEqualTo(State.MISSING);
    assertThat(found.detail()).contains("by themselves as root").doesNotContain("sudo");
  }

  @Test
  void aBundleThatIsSetButNotThereIsMissing() throws IOException {
    assertThat(finding(ordinaryUser(Map.of()), "model bundle").detail())
        .contains("the project's own");
    assertThat(
            finding(ordinaryUser(Map.of("TOCSIN_BUNDLE", "/nowhere/bundle")), "model bundle")
                .detail())
        .isEqualTo("TOCSIN_BUNDLE is /nowhere/bundle, which is not there; correct it");

    file("bundle/bundle.yaml", "");

    assertThat(
            finding(
                    ordinaryUser(Map.of("TOCSIN_BUNDLE", root.resolve("bundle").toString())),
                    "model bundle")
                .state())
        .isEqualTo(State.OK);
  }

  @Test
  void littleMemoryHinders() throws IOException {
    file("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable:    2048000 kB\n");

    Finding found = finding(ordinaryUser(Map.of()), "memory");

    assertThat(found.hinders()).isTrue();
    assertThat(found.detail()).startsWith("2000 MiB available of 4000 needed");
  }

  @Test
  void aTakenPortIsToldButDoesNotHinder() {
    Machine machine =
        new Machine(root, root, Map.of(), false, 17, TEN_GIBIBYTES, port -> port != 9092);

    Finding found = finding(machine, "port for kafka");

    assertThat(found.state()).isEqualTo(State.OPTIONAL);
    assertThat(found.detail()).contains("9092 is taken", "--kafka-port=N");
  }

  @Test
  void anOldJavaAndAFullDiskHinder() {
    Machine machine = new Machine(root, root, Map.of(), false, 11, 5 << 20, port -> true);

    assertThat(finding(machine, "JDK 17 or newer").hinders()).isTrue();
    assertThat(finding(machine, "disk").hinders()).isTrue();
  }

  @Test
  void whatASensorsSourcesUseIsNamedWithItsUseAndDoesNotHinder() {
    Finding found = finding(ordinaryUser(Map.of()), "ffmpeg");

    assertThat(found.state()).isEqualTo(State.OPTIONAL);
    assertThat(found.detail())
        .isEqualTo(
            "usr/bin/ffmpeg is not there; tocsin-sensor reads RTSP, HTTP and other streams with it:"
                + " sudo apt-get install --no-install-recommends ffmpeg");
    assertThat(Doctor.examine(ordinaryUser(Map.of()), StackPorts.DEFAULTS))
        .filteredOn(f -> f.detail().contains("apt-get install --no-install-recommends"))
        .extracting(Finding::thing, Finding::hinders)
        .containsExactly(
            tuple("GDAL", false),
            tuple("ffmpeg", false),
            tuple("chrony", false),
            tuple("systemd-notify", false),
            tuple("GStreamer RTSP server", false),
            tuple("Mosquitto", false),
            tuple("PulseAudio", false),
            tuple("Node.js with npm", false));
  }

  @Test
  void aProgramOfSeveralPackagesIsThereWhenAllItsFilesAre() throws IOException {
    program("usr/bin/python3");
    file("usr/lib/python3/dist-packages/gi/__init__.py", "");
    file("usr/lib/aarch64-linux-gnu/gstreamer-1.0/libgstaudioconvert.so", "");
    file("usr/lib/aarch64-linux-gnu/gstreamer-1.0/libgstrtp.so", "");

    assertThat(finding(ordinaryUser(Map.of()), "GStreamer RTSP server").detail())
        .startsWith("usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib is not there;")
        .endsWith(
            "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base"
                + " gstreamer1.0-plugins-good");

    file("usr/lib/aarch64-linux-gnu/girepository-1.0/GstRtspServer-1.0.typelib", "");

    assertThat(finding(ordinaryUser(Map.of()), "GStreamer RTSP server").state())
        .isEqualTo(State.OK);
  }

  private Machine ordinaryUser(Map<String, String> environment) {
    return new Machine(root, root, environment, false, 17, TEN_GIBIBYTES, port -> true);
  }

  private Machine rootUser() {
    return new Machine(root, root, Map.of(), true, 17, TEN_GIBIBYTES, port -> true);
  }

  private static Finding finding(Machine machine, String thing) {
    return Doctor.examine(machine, StackPorts.DEFAULTS).stream()
        .filter(finding -> finding.thing().equals(thing))
        .findFirst()
        .orElseThrow();
  }

  private void program(String path) throws IOException {
    Files.setPosixFilePermissions(
        file(path, "#!/bin/sh\n"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}

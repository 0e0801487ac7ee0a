package io.tocsin.stack.postgres;

import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Has PostGIS installed by apt-get where we may; says how to get it where we may not. */
public final class AptInstallation {

  /** Debian's and Ubuntu's name for the PostGIS of their PostgreSQL. */
  private static final String PACKAGE = "postgresql-postgis";

  /** What a person types who may use sudo. */
  public static final String COMMAND = "apt-get install " + PACKAGE;

  private static final String GDAL_PACKAGE = "gdal-bin";

  /** What a person types who may use sudo. */
  public static final String GDAL_COMMAND = "apt-get install " + GDAL_PACKAGE;

  private static final Map<String, String> UNATTENDED =
      Map.of("DEBIAN_FRONTEND", "noninteractive", "UCF_FORCE_CONFFOLD", "1");

  private AptInstallation() {}

  /**
   * The newest installation that is there; installed first where there is none.
   *
   * @throws MissingPrerequisiteException if it is not there and cannot be installed from here
   */
  public static PostgresInstallation findOrInstall(Path root, Consumer<String> progress)
      throws InterruptedException {
    List<PostgresInstallation> there = PostgresInstallation.all(root);
    if (!there.isEmpty()) {
      return there.get(0);
    }
    if (!ServerAccount.isRoot() || !Files.isExecutable(root.resolve("usr/bin/apt-get"))) {
      throw missing("this needs root");
    }
    progress.accept("PostgreSQL with PostGIS is not installed; apt-get installs it now");
    keepDefaultClusterAway(root);
    ShortCommand.Outcome outcome = install(PACKAGE);
    if (!outcome.succeeded()) {
      throw missing("apt-get failed: " + lastLine(outcome.output()));
    }
    return PostgresInstallation.all(root).stream()
        .findFirst()
        .orElseThrow(() -> missing(PACKAGE + " is installed but its files are not where expected"));
  }

  /** Debian's package otherwise makes and starts a server of its own on port 5432. */
  private static void keepDefaultClusterAway(Path root) {
    Path file = root.resolve("etc/postgresql-common/createcluster.conf");
    if (!Files.exists(file)) {
      try {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "create_main_cluster = false\n");
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be written", e);
      }
    }
  }

  /**
   * Has GDAL's programs installed where we may; only tests need them, so that a failure is told and
   * nothing more.
   */
  public static void installGdal(Path root, Consumer<String> progress) throws InterruptedException {
    if (Files.isExecutable(root.resolve("usr/bin/ogrinfo"))) {
      return;
    }
    if (!ServerAccount.isRoot() || !Files.isExecutable(root.resolve("usr/bin/apt-get"))) {
      progress.accept(
          "GDAL is missing, which tests of exports use; get it with: sudo " + GDAL_COMMAND);
      return;
    }
    progress.accept("GDAL is not installed; apt-get installs it now");
    ShortCommand.Outcome outcome = install(GDAL_PACKAGE);
    if (!outcome.succeeded()) {
      progress.accept("GDAL cannot be installed: " + lastLine(outcome.output()));
    }
  }

  private static ShortCommand.Outcome install(String name) throws InterruptedException {
    List<String> command =
        List.of("apt-get", "-q", "-y", "--no-install-recommends", "install", name);
    ShortCommand.Outcome first = ShortCommand.run(command, UNATTENDED);
    if (first.succeeded()) {
      return first;
    }
    // There may be no lists yet, or lists that name files which the mirror has replaced.
    ShortCommand.run(List.of("apt-get", "-q", "update"), UNATTENDED);
    return ShortCommand.run(command, UNATTENDED);
  }

  private static MissingPrerequisiteException missing(String reason) {
    return new MissingPrerequisiteException(
        "PostgreSQL with PostGIS is missing and cannot be installed from here ("
            + reason
            + "); get it with: sudo "
            + COMMAND);
  }

  private static String lastLine(String output) {
    return output.substring(output.lastIndexOf('\n') + 1);
  }
}

package io.tocsin.stack.postgres;

import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Has PostGIS installed by apt-get where we may; says how to get it where we may not. */
public final class AptInstallation {

  /** Debian's and Ubuntu's name for the PostGIS of their PostgreSQL. */
  private static final String PACKAGE = "postgresql-postgis";

  /** What a person types who may use sudo. */
  public static final String COMMAND = "apt-get install " + PACKAGE;

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
    ShortCommand.Outcome outcome = install(List.of(PACKAGE));
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
   * Has further packages installed where we may, without starting the servers in them; a failure is
   * told and nothing more.
   *
   * @param things what they are for people
   */
  public static void installFurther(
      Path root, String things, List<String> packages, Consumer<String> progress)
      throws InterruptedException {
    if (!ServerAccount.isRoot() || !Files.isExecutable(root.resolve("usr/bin/apt-get"))) {
      progress.accept(
          "missing, which tests use: %s; get them with: sudo apt-get install %s"
              .formatted(things, String.join(" ", packages)));
      return;
    }
    progress.accept("not installed: " + things + "; apt-get installs them now");
    ShortCommand.Outcome outcome;
    boolean silenced = keepServersFromStarting(root);
    try {
      outcome = install(packages);
    } finally {
      if (silenced) {
        letServersStart(root);
      }
    }
    if (!outcome.succeeded()) {
      progress.accept("they cannot be installed: " + lastLine(outcome.output()));
    }
  }

  /** Debian's packages ask this program whether to start what they bring. */
  private static Path policy(Path root) {
    return root.resolve("usr/sbin/policy-rc.d");
  }

  /** Whether this had to be seen to. */
  private static boolean keepServersFromStarting(Path root) {
    Path policy = policy(root);
    if (Files.exists(policy)) {
      return false;
    }
    try {
      Files.writeString(policy, "#!/bin/sh\nexit 101\n");
      Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rwxr-xr-x"));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(policy + " cannot be written", e);
    }
  }

  private static void letServersStart(Path root) {
    try {
      Files.deleteIfExists(policy(root));
    } catch (IOException e) {
      throw new UncheckedIOException(policy(root) + " cannot be deleted; delete it", e);
    }
  }

  private static ShortCommand.Outcome install(List<String> packages) throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("apt-get", "-q", "-y", "--no-install-recommends", "install"));
    command.addAll(packages);
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

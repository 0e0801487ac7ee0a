package io.tocsin.stack.postgres;

import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The account that the database server runs under: PostgreSQL refuses to run as root.
 *
 * @param name of the account
 * @param prefix put before a command to run it under that account; empty for our own
 */
record ServerAccount(String name, List<String> prefix) {

  private static final List<String> CANDIDATES = List.of("postgres", "nobody");

  ServerAccount {
    prefix = List.copyOf(prefix);
  }

  /** Whether this program runs as root. */
  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /**
   * Our own account; for root, postgres or else nobody.
   *
   * @throws MissingPrerequisiteException if root has neither, or no {@code setpriv}
   */
  static ServerAccount find() throws InterruptedException {
    if (!isRoot()) {
      return new ServerAccount(System.getProperty("user.name"), List.of());
    }
    for (String name : CANDIDATES) {
      ShortCommand.Outcome group = ShortCommand.run(List.of("id", "-g", name));
      if (group.succeeded()) {
        ServerAccount account =
            new ServerAccount(
                name,
                List.of(
                    "setpriv", "--reuid=" + name, "--regid=" + group.output(), "--init-groups"));
        if (!account.run(List.of("true")).succeeded()) {
          throw new MissingPrerequisiteException(
              "setpriv is missing, which runs PostgreSQL under the account "
                  + name
                  + "; get it with: apt-get install util-linux");
        }
        return account;
      }
    }
    throw new MissingPrerequisiteException(
        "PostgreSQL does not run as root and there is no account postgres or nobody; "
            + "make one with: useradd --system postgres");
  }

  /** The command that runs {@code command} under this account. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /** Runs a short command under this account. */
  ShortCommand.Outcome run(List<String> command) throws InterruptedException {
    return ShortCommand.run(command(command));
  }

  /** Makes the account the owner of a file or folder. */
  void own(Path path) {
    if (prefix.isEmpty()) {
      return;
    }
    try {
      Files.setOwner(
          path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
    } catch (IOException e) {
      throw new StackException(path + " cannot be given to account " + name + ": " + e, e);
    }
  }

  /** Whether the account may make files in a folder; folders above may forbid it. */
  boolean mayWrite(Path folder) throws InterruptedException {
    return run(List.of("test", "-w", folder.toString(), "-a", "-x", folder.toString())).succeeded();
  }
}

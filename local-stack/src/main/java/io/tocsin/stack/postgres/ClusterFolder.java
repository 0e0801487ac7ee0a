package io.tocsin.stack.postgres;

import io.tocsin.stack.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;

/**
 * Where the cluster of a stack lies: in the stack's state folder, or under /var/tmp where the
 * server's account may not enter that, as below root's home.
 */
public final class ClusterFolder {

  private static final String WHOLE = "PG_VERSION";

  private ClusterFolder() {}

  /** Both places that a stack's cluster may be in; a fresh start empties both. */
  public static List<Path> candidates(Path stateDir) {
    String id =
        UUID.nameUUIDFromBytes(stateDir.toString().getBytes(StandardCharsets.UTF_8))
            .toString()
            .substring(0, 8);
    return List.of(stateDir.resolve("postgres"), Path.of("/var/tmp", "tocsin-postgres-" + id));
  }

  /** The folder that the cluster of a stack will lie in, made and given to the server's account. */
  public static Path place(Path stateDir) throws InterruptedException {
    return choose(stateDir, ServerAccount.find());
  }

  /**
   * The folder of the cluster, made and given to the account; {@code data} in it is the cluster.
   */
  static Path choose(Path stateDir, ServerAccount account) throws InterruptedException {
    List<Path> candidates = candidates(stateDir);
    for (Path candidate : candidates) {
      if (isWhole(candidate.resolve("data"))) {
        requireOwner(candidate, account);
        return candidate;
      }
    }
    for (Path candidate : candidates) {
      make(candidate, account);
      if (account.mayWrite(candidate)) {
        return candidate;
      }
    }
    throw new StackException(
        "account %s may write in none of %s; make one of them writable for it"
            .formatted(account.name(), candidates));
  }

  /** Whether {@code data} holds a cluster. */
  static boolean isWhole(Path data) {
    return Files.exists(data.resolve(WHOLE));
  }

  /** The PostgreSQL version that made the cluster. */
  static int version(Path data) {
    try {
      return Integer.parseInt(Files.readString(data.resolve(WHOLE)).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(data + " cannot be read", e);
    }
  }

  private static void make(Path folder, ServerAccount account) {
    try {
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
    requireOwner(folder, account);
  }

  /** Anyone may make a folder in /var/tmp before us. */
  private static void requireOwner(Path folder, ServerAccount account) {
    try {
      String owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName();
      if (!owner.equals(account.name())) {
        throw new StackException(
            "folder %s belongs to %s, but the database server runs as %s; start with --fresh or"
                    .formatted(folder, owner, account.name())
                + " another --name");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }
}

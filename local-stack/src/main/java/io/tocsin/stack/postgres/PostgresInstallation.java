package io.tocsin.stack.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A PostgreSQL server with PostGIS that is installed on the machine.
 *
 * @param programs the folder with {@code initdb} and {@code postgres}
 * @param majorVersion such as 15
 */
public record PostgresInstallation(Path programs, int majorVersion) {

  /** Where Debian's packages put it, and postgresql.org's for the Red Hat family. */
  private static final List<Layout> LAYOUTS =
      List.of(
          new Layout("usr/lib/postgresql", "", "usr/share/postgresql/%d/extension"),
          new Layout("usr", "pgsql-", "usr/pgsql-%d/share/extension"));

  /** The folder {@code parent/prefixNN} holds {@code bin}. */
  private record Layout(String parent, String prefix, String extensions) {}

  /**
   * All that are there and have PostGIS, newest first.
   *
   * @param root the root of the file system
   */
  public static List<PostgresInstallation> all(Path root) {
    List<PostgresInstallation> found = new ArrayList<>();
    for (Layout layout : LAYOUTS) {
      Path parent = root.resolve(layout.parent());
      if (!Files.isDirectory(parent)) {
        continue;
      }
      try (DirectoryStream<Path> folders =
          Files.newDirectoryStream(parent, layout.prefix() + "[0-9][0-9]")) {
        for (Path folder : folders) {
          int version =
              Integer.parseInt(folder.getFileName().toString().substring(layout.prefix().length()));
          Path programs = folder.resolve("bin");
          Path extensions = root.resolve(layout.extensions().formatted(version));
          if (Files.isExecutable(programs.resolve("postgres"))
              && Files.isExecutable(programs.resolve("initdb"))
              && Files.isReadable(extensions.resolve("postgis.control"))) {
            found.add(new PostgresInstallation(programs, version));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(parent + " cannot be read", e);
      }
    }
    found.sort(Comparator.comparingInt(PostgresInstallation::majorVersion).reversed());
    return found;
  }

  /** Path of one of its programs. */
  public String program(String name) {
    return programs.resolve(name).toString();
  }
}

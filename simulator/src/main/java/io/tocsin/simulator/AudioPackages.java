package io.tocsin.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Recordings from Debian's packages, fetched with apt-get download and unpacked with dpkg -x: no
 * root, nothing installed, kept in a cache.
 */
public final class AudioPackages {

  private static final List<String> PACKAGES =
      List.of("ufoai-sound", "asterisk-core-sounds-en-wav");
  private static final long PATIENCE_SECONDS = 120;

  private AudioPackages() {}

  /**
   * Folders with the recordings.
   *
   * @throws IOException naming the package that cannot be had, and the way out
   */
  public static List<Path> fetch(Path cache) throws IOException, InterruptedException {
    List<Path> folders = new ArrayList<>();
    for (String name : PACKAGES) {
      Path folder = cache.resolve(name);
      if (!Files.exists(folder.resolve(".complete"))) {
        Files.createDirectories(folder);
        download(name, folder);
      }
      folders.add(folder);
    }
    return folders;
  }

  private static void download(String name, Path folder) throws IOException, InterruptedException {
    run(name, folder, "apt-get", "download", name);
    Path deb;
    try (Stream<Path> files = Files.list(folder)) {
      deb =
          files
              .filter(f -> f.toString().endsWith(".deb"))
              .findFirst()
              .orElseThrow(() -> unavailable(name, "apt-get left no file"));
    }
    run(name, folder, "dpkg", "-x", deb.getFileName().toString(), ".");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path archive : files.filter(f -> f.toString().endsWith(".pk3")).toList()) {
        unzip(archive, folder.resolve("sounds"));
      }
    }
    Files.createFile(folder.resolve(".complete"));
  }

  private static void run(String name, Path folder, String... command)
      throws IOException, InterruptedException {
    Path log = folder.resolve("fetch.log");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw unavailable(name, command[0] + " is not on this machine");
    }
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw unavailable(name, "no answer in " + PATIENCE_SECONDS + " s");
    }
    if (process.exitValue() != 0) {
      throw unavailable(name, Files.readString(log).strip());
    }
  }

  private static IOException unavailable(String name, String why) {
    return new IOException(
        "Debian's package "
            + name
            + " with recordings cannot be fetched ("
            + why
            + "); run `apt-get update`, or give recordings of your own with --audio DIR or"
            + " TOCSIN_AUDIO");
  }

  private static void unzip(Path archive, Path into) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        Path target = into.resolve(entry.getName()).normalize();
        if (!entry.isDirectory() && target.startsWith(into)) {
          Files.createDirectories(target.getParent());
          Files.copy(zip, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}

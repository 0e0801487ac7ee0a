package io.tocsin.stack.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/** Files and folders that only their owner may read, from their first moment on. */
final class PrivateFiles {

  private PrivateFiles() {}

  /** Makes a folder that its owner alone may enter, where it is not there. */
  static Path folder(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Path parent = folder.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
  }

  /** Writes a file of mode 600 in one step; who reads it sees the old or the new one. */
  static Path write(Path file, String text) {
    Path beside = beside(file, text);
    return take(beside, file);
  }

  /**
   * Copies a file of text for another user, into a folder that becomes that user's alone.
   *
   * @param owner a number or a name
   */
  static void give(Path file, Path folder, String owner) {
    Path copy = folder(folder).resolve(file.getFileName());
    try {
      UserPrincipal user =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
      Path beside = beside(copy, Files.readString(file));
      Files.setOwner(beside, user);
      take(beside, copy);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      Files.setOwner(folder, user);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s cannot be given to user %s as %s; only root gives files away"
              .formatted(file, owner, copy),
          e);
    }
  }

  /** Copies a file of text that is no secret, for everyone to read. */
  static void publish(Path file, Path folder) {
    Path copy = folder(folder).resolve(file.getFileName());
    try {
      Path beside = beside(copy, Files.readString(file));
      Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-r--r--"));
      take(beside, copy);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(copy + " cannot be written", e);
    }
  }

  private static Path beside(Path file, String text) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(beside);
      try (FileChannel channel =
          FileChannel.open(
              beside,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      return beside;
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  private static Path take(Path beside, Path file) {
    try {
      return Files.move(
          beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}

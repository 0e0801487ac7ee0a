package io.tocsin.stack.security;

import io.tocsin.stack.StackException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies of secrets for one reader, who gets no others.
 *
 * @param folder the reader's, such as a volume
 * @param owner the reader's user, a number or a name; {@link #ANYONE} for what is no secret
 * @param files names of files
 */
record HandOut(Path folder, String owner, List<String> files) {

  /** Stands for every reader. */
  static final String ANYONE = "anyone";

  /**
   * Refuses to give secrets to everyone.
   *
   * @throws IllegalArgumentException if it is asked to
   */
  HandOut {
    files = List.copyOf(files);
    if (owner.equals(ANYONE) && !files.equals(List.of(ContainerSecurity.TRUSTED))) {
      throw new IllegalArgumentException(
          "%s would let anyone read %s; %s alone is no secret"
              .formatted(folder, String.join(",", files), ContainerSecurity.TRUSTED));
    }
  }

  /**
   * @param readers {@code OWNER:FILE,FILE}
   * @throws IllegalArgumentException if it is none
   */
  static HandOut parse(Path folder, String readers) {
    if (!readers.matches("[A-Za-z0-9_-]+:[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*")) {
      throw new IllegalArgumentException(
          "--hand-out %s=%s; FOLDER=OWNER:FILE,FILE is wanted".formatted(folder, readers));
    }
    int colon = readers.indexOf(':');
    return new HandOut(
        folder, readers.substring(0, colon), List.of(readers.substring(colon + 1).split(",", -1)));
  }

  /**
   * Copies the files; who reads one sees the old or the new one.
   *
   * @param from where they lie
   * @throws StackException if one is not there
   */
  void from(Path from) {
    for (String file : files) {
      if (!Files.exists(from.resolve(file))) {
        throw new StackException(
            "%s wants %s, which %s lacks; is its name right?".formatted(folder, file, from));
      }
    }
    if (owner.equals(ANYONE)) {
      files.forEach(file -> PrivateFiles.publish(from.resolve(file), folder));
    } else {
      files.forEach(file -> PrivateFiles.give(from.resolve(file), folder, owner));
    }
  }
}

package io.tocsin.stack;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.tocsin.stack.process.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a stack tells other programs, in the file {@code stack.json} of its state folder. The file
 * is there from the start of the first process until the last has ended, and after a kill.
 *
 * @param name of the stack
 * @param startedAt when the start began
 * @param ready whether everything that was asked for runs
 * @param supervisor the program that holds the processes
 * @param processes each with the shell that holds it
 * @param endpoints where clients reach it
 */
record StackFile(
    String name,
    Instant startedAt,
    boolean ready,
    ProcessIdentity supervisor,
    List<Held> processes,
    Endpoints endpoints) {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** A process and the leash that holds it. */
  record Held(String name, ProcessIdentity process, ProcessIdentity leash) {

    boolean isAlive() {
      return process.isAlive() || leash.isAlive();
    }
  }

  StackFile {
    processes = List.copyOf(processes);
  }

  static Path in(Path stateDir) {
    return stateDir.resolve("stack.json");
  }

  /** The file of a stack that runs or was killed; empty after a clean stop. */
  static Optional<StackFile> read(Path stateDir) {
    Path file = in(stateDir);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), StackFile.class));
    } catch (IOException e) {
      throw new StackException(file + " cannot be read (" + e.getMessage() + "); remove it", e);
    }
  }

  /** Writes the file in one step, so that no reader sees half of it. */
  void write(Path stateDir) {
    Path half = stateDir.resolve("stack.json.half");
    try {
      JSON.writeValue(half.toFile(), this);
      Files.move(
          half, in(stateDir), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(in(stateDir) + " cannot be written", e);
    }
  }

  static void remove(Path stateDir) {
    try {
      Files.deleteIfExists(in(stateDir));
    } catch (IOException e) {
      throw new UncheckedIOException(in(stateDir) + " cannot be removed", e);
    }
  }
}

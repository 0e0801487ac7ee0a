package io.tocsin.stack.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process that is told apart from a later one with the same id.
 *
 * @param pid the process id
 * @param startedAt when it started, in the system's own terms: clock ticks since boot on Linux, an
 *     instant elsewhere; empty where nothing can be learned
 */
public record ProcessIdentity(long pid, String startedAt) {

  /** Field 22 of /proc/PID/stat (proc(5)), counted after the command, which may hold spaces. */
  private static final int START_TIME_AFTER_COMMAND = 19;

  /** The identity of a process that runs now. */
  public static ProcessIdentity of(long pid) {
    return new ProcessIdentity(pid, startOf(pid));
  }

  /** The identity of this process. */
  public static ProcessIdentity current() {
    return of(ProcessHandle.current().pid());
  }

  /** Whether this very process still runs; a zombie does not. */
  public boolean isAlive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
        && !startedAt.isEmpty()
        && startOf(pid).equals(startedAt);
  }

  private static String startOf(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    if (Files.exists(stat)) {
      try {
        String line = Files.readString(stat);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return fields[0].equals("Z") ? "" : fields[START_TIME_AFTER_COMMAND];
      } catch (IOException e) {
        // It ended between the two looks.
        return "";
      }
    }
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().startInstant())
        .map(Object::toString)
        .orElse("");
  }
}

package io.tocsin.stack.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** TCP ports of the loopback address. */
public final class TcpPorts {

  private static final String LISTENING = "0A";
  private static final int MAX_PORT = 65535;

  /**
   * Below 32,768, where systems begin to give ports to clients: one that is free now may be a
   * client's when the server takes it.
   */
  private static final int FIRST_OWN = 22_000;

  private static final int OWN = 8_000;
  private static final int OWN_EACH = 20;

  private TcpPorts() {}

  /** Whether a server could listen on 127.0.0.1:{@code port} now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Free ports of this program's own, lest two that start at once find the same ones free. */
  public static int[] own(int count) {
    int[] ports = new int[count];
    int next = FIRST_OWN + (int) (ProcessHandle.current().pid() * OWN_EACH % OWN);
    for (int i = 0; i < count; i++) {
      ports[i] = firstFree(next, TcpPorts::isFree);
      next = ports[i] + 1;
    }
    return ports;
  }

  /**
   * The first port from {@code from} on that {@code free} accepts.
   *
   * @throws IllegalStateException if there is none up to 65535
   */
  public static int firstFree(int from, IntPredicate free) {
    for (int port = from; port <= MAX_PORT; port++) {
      if (free.test(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no TCP port from " + from + " to 65535 is free");
  }

  /**
   * Who listens on a port, such as {@code java (process 4711)}.
   *
   * @param proc the folder /proc
   * @return empty where the system does not tell, as of another user's process
   */
  public static Optional<String> holder(Path proc, int port) {
    Set<String> sockets = new HashSet<>(listening(proc.resolve("net/tcp"), port));
    sockets.addAll(listening(proc.resolve("net/tcp6"), port));
    return sockets.isEmpty() ? Optional.empty() : processWith(proc, sockets);
  }

  /** The sockets that listen on a port, as links in /proc/PID/fd name them. */
  private static Set<String> listening(Path table, int port) {
    if (!Files.isReadable(table)) {
      return Set.of();
    }
    try {
      return Files.readAllLines(table).stream()
          .map(line -> line.trim().split("\\s+", -1))
          .filter(fields -> fields.length > 9 && fields[3].equals(LISTENING))
          .filter(fields -> fields[1].endsWith(":%04X".formatted(port)))
          .map(fields -> "socket:[" + fields[9] + "]")
          .collect(Collectors.toSet());
    } catch (IOException e) {
      // The other table may still tell.
      return Set.of();
    }
  }

  private static Optional<String> processWith(Path proc, Set<String> sockets) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          String command = Files.readString(process.resolve("comm")).strip();
          return Optional.of(command + " (process " + process.getFileName() + ")");
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)
            && sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException e) {
      // Another user's process, or one that just ended.
      return false;
    }
    return false;
  }
}

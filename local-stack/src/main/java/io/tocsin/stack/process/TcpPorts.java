package io.tocsin.stack.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
  static final int FIRST_OWN = 22_000;

  private static final int BLOCKS = 400;

  /** Ports of a block. */
  static final int BLOCK = 20;

  /** A block is whose socket listens on its first port, until that program ends. */
  private static final List<ServerSocket> CLAIMS = new ArrayList<>();

  private static int nextOwn;
  private static int endOfBlock;

  private TcpPorts() {}

  /** Whether a server could listen on 127.0.0.1:{@code port} now. */
  public static boolean isFree(int port) {
    Optional<ServerSocket> socket = listen(port);
    socket.ifPresent(TcpPorts::close);
    return socket.isPresent();
  }

  private static Optional<ServerSocket> listen(int port) {
    try {
      ServerSocket socket = new ServerSocket();
      try {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return Optional.of(socket);
      } catch (IOException e) {
        socket.close();
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("port " + socket.getLocalPort() + " cannot be let go", e);
    }
  }

  /**
   * Free ports that are given to nobody else, neither again to this program nor to another one that
   * asks this method: two that start at once would find the same ports free.
   *
   * @throws IllegalStateException if other programs hold all blocks of ports
   */
  public static int[] own(int count) {
    return own(count, ProcessHandle.current().pid());
  }

  /**
   * @param from block at which the search for a free one begins, modulo their number
   */
  static synchronized int[] own(int count, long from) {
    int[] ports = new int[count];
    for (int i = 0; i < count; i++) {
      do {
        if (nextOwn == endOfBlock) {
          claimBlock(from);
        }
        ports[i] = nextOwn++;
      } while (!isFree(ports[i]));
    }
    return ports;
  }

  private static void claimBlock(long from) {
    for (int i = 0; i < BLOCKS; i++) {
      int first = FIRST_OWN + (int) ((from + i) % BLOCKS) * BLOCK;
      Optional<ServerSocket> claim = listen(first);
      if (claim.isPresent()) {
        CLAIMS.add(claim.get());
        nextOwn = first + 1;
        endOfBlock = first + BLOCK;
        return;
      }
    }
    throw new IllegalStateException(
        "none of the blocks of ports from %d to %d is free; end the stacks that are not needed"
            .formatted(FIRST_OWN, FIRST_OWN + BLOCKS * BLOCK - 1));
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

package io.tocsin.stack;

import io.tocsin.stack.process.TcpPorts;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * The loopback ports that clients of the stack use.
 *
 * @param kafka the broker
 * @param registry the schema registry
 * @param flink Flink's REST interface and web pages
 * @param postgres the database
 */
public record StackPorts(int kafka, int registry, int flink, int postgres) {

  /** 9092, 8081, 8082 and 5433: each server's own where it is free for one of its kind alone. */
  public static final StackPorts DEFAULTS = new StackPorts(9092, 8081, 8082, 5433);

  public StackPorts {
    inRange("kafka", kafka);
    inRange("registry", registry);
    inRange("flink", flink);
    inRange("postgres", postgres);
  }

  /** The same ports, each replaced by the next free one where it is taken. */
  StackPorts movedToFree(IntPredicate free) {
    Set<Integer> given = new HashSet<>();
    IntPredicate unused = port -> !given.contains(port) && free.test(port);
    return new StackPorts(
        take(kafka, unused, given),
        take(registry, unused, given),
        take(flink, unused, given),
        take(postgres, unused, given));
  }

  /**
   * @throws StackException if a port is taken, naming it, its holder and the option that changes it
   */
  void requireFree(IntPredicate free, Path proc) {
    requireFree("kafka", kafka, free, proc);
    requireFree("registry", registry, free, proc);
    requireFree("flink", flink, free, proc);
    requireFree("postgres", postgres, free, proc);
  }

  private static void requireFree(String server, int port, IntPredicate free, Path proc) {
    if (!free.test(port)) {
      String holder = TcpPorts.holder(proc, port).map(h -> " by " + h).orElse("");
      throw new StackException(
          "port %d for %s is taken%s; give another with --%s-port=N or let --free-ports choose"
              .formatted(port, server, holder, server));
    }
  }

  private static int take(int wanted, IntPredicate unused, Set<Integer> given) {
    int port = TcpPorts.firstFree(wanted, unused);
    given.add(port);
    return port;
  }

  private static void inRange(String server, int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "port of %s is %d; it must be from 1 to 65535".formatted(server, port));
    }
  }
}

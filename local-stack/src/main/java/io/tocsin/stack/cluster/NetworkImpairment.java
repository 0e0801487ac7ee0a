package io.tocsin.stack.cluster;

import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.ShortCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is done to the packets between a server's ports and everybody, on the loopback interface,
 * until it is closed: all are dropped, or they wait in a line that is slow and some are dropped. By
 * the kernel's own means, so that nobody is told: a connection stays, and is silent.
 *
 * <p>A server's own connections to others' ports are not touched.
 */
public final class NetworkImpairment implements AutoCloseable {

  private static final String LOOPBACK = "lo";

  /** Number of the line; any that nobody else uses. */
  private static final String HANDLE = "7c:";

  private static final String SLOW_CLASS = HANDLE + "1";

  /** Discard's, where nobody listens. */
  private static final int NOBODYS_PORT = 9;

  /** What ends it, the latest step first. */
  private final List<List<String>> undo = new ArrayList<>();

  private final Thread atExit = new Thread(this::undoAll, "end-network-impairment");

  private NetworkImpairment() {
    // Whoever stops a campaign wants the network back.
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Whether this program may do all of it: root may, where the machine has iptables and tc. */
  public static boolean isPossible() throws InterruptedException {
    try {
      slow(List.of(NOBODYS_PORT), 1_000_000, 0).close();
      return true;
    } catch (MissingPrerequisiteException e) {
      return false;
    }
  }

  /**
   * Drops every packet from and to these TCP ports.
   *
   * @throws MissingPrerequisiteException if this program may not
   */
  public static NetworkImpairment cut(List<Integer> ports) throws InterruptedException {
    NetworkImpairment impairment = new NetworkImpairment();
    impairment.rule("filter", "INPUT", ports, List.of("-i", LOOPBACK), List.of("-j", "DROP"));
    return impairment;
  }

  /**
   * Has the packets from and to these TCP ports share a line, and drops some of them.
   *
   * @param bitsPerSecond of the line
   * @param loss share of the packets that are dropped, from 0 to 1
   * @throws MissingPrerequisiteException if this program may not, or another such line is there
   */
  public static NetworkImpairment slow(List<Integer> ports, long bitsPerSecond, double loss)
      throws InterruptedException {
    NetworkImpairment impairment = new NetworkImpairment();
    impairment.does(
        List.of("tc", "qdisc", "add", "dev", LOOPBACK, "root", "handle", HANDLE, "htb"),
        List.of("tc", "qdisc", "del", "dev", LOOPBACK, "root"));
    impairment.does(
        List.of(
            "tc",
            "class",
            "add",
            "dev",
            LOOPBACK,
            "parent",
            HANDLE,
            "classid",
            SLOW_CLASS,
            "htb",
            "rate",
            bitsPerSecond + "bit"),
        List.of());
    impairment.rule(
        "mangle",
        "OUTPUT",
        ports,
        List.of("-o", LOOPBACK),
        List.of("-j", "CLASSIFY", "--set-class", SLOW_CLASS));
    impairment.rule(
        "filter",
        "INPUT",
        ports,
        List.of(
            "-i",
            LOOPBACK,
            "-m",
            "statistic",
            "--mode",
            "random",
            "--probability",
            Double.toString(loss)),
        List.of("-j", "DROP"));
    return impairment;
  }

  private void rule(
      String table, String chain, List<Integer> ports, List<String> packets, List<String> target)
      throws InterruptedException {
    List<String> rule = new ArrayList<>(packets);
    rule.addAll(
        List.of(
            "-p",
            "tcp",
            "-m",
            "multiport",
            "--ports",
            ports.stream().map(String::valueOf).collect(Collectors.joining(","))));
    rule.addAll(target);
    does(iptables(table, "-I", chain, rule), iptables(table, "-D", chain, rule));
  }

  private static List<String> iptables(String table, String what, String chain, List<String> rule) {
    List<String> command = new ArrayList<>(List.of("iptables", "--wait", "-t", table, what, chain));
    command.addAll(rule);
    return command;
  }

  /**
   * @param undoing empty where an earlier step's undoing ends this one too
   */
  private void does(List<String> command, List<String> undoing) throws InterruptedException {
    ShortCommand.Outcome done = ShortCommand.run(command);
    if (!done.succeeded()) {
      close();
      throw new MissingPrerequisiteException(
          "'%s' says: %s; a network is cut and slowed with iptables and tc (Debian's iptables and"
                  .formatted(String.join(" ", command), done.output())
              + " iproute2) by root; run it as root or leave these faults out with --faults");
    }
    if (!undoing.isEmpty()) {
      undo.add(0, undoing);
    }
  }

  /**
   * Lets every packet through again.
   *
   * @throws StackException if the machine does not
   */
  @Override
  public void close() {
    List<String> left = undoAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      // It runs already, or need not.
    }
    if (!left.isEmpty()) {
      throw new StackException("the network stays impaired until these are run as root: " + left);
    }
  }

  /** The commands that did not succeed. */
  private synchronized List<String> undoAll() {
    List<String> left = new ArrayList<>();
    for (List<String> command : undo) {
      try {
        ShortCommand.Outcome undone = ShortCommand.run(command);
        if (!undone.succeeded()) {
          left.add(String.join(" ", command) + " (" + undone.output() + ")");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        left.add(String.join(" ", command));
      }
    }
    undo.clear();
    return left;
  }
}

package io.tocsin.stack.doctor;

import io.tocsin.stack.process.TcpPorts;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The machine that the doctor looks at.
 *
 * @param root of its file system
 * @param home the folder that holds .tocsin/
 * @param environment variables
 * @param rootUser whether we run as root
 * @param javaVersion feature number, such as 17
 * @param freeDiskBytes in {@code home}
 * @param portIsFree whether a loopback port is free
 */
public record Machine(
    Path root,
    Path home,
    Map<String, String> environment,
    boolean rootUser,
    int javaVersion,
    long freeDiskBytes,
    IntPredicate portIsFree) {

  public Machine {
    environment = Map.copyOf(environment);
  }

  /** The machine that this program runs on. */
  public static Machine thisOne(Path home) {
    return new Machine(
        Path.of("/"),
        home,
        System.getenv(),
        System.getProperty("user.name").equals("root"),
        Runtime.version().feature(),
        home.toFile().getUsableSpace(),
        TcpPorts::isFree);
  }
}

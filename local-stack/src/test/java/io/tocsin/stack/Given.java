package io.tocsin.stack;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.stack.process.TcpPorts;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a test of the whole system needs from outside the checkout. */
final class Given {

  /** The folder of the sources. */
  static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  private static final StackPorts PORTS = ownPorts();

  private Given() {}

  /** The model bundle of TOCSIN_BUNDLE; where it is not set, the one that the project ships. */
  static Path bundle() {
    return BundleAssembly.resolve(
        System.getenv("TOCSIN_BUNDLE") == null
            ? BundleAssembly.shipped(CHECKOUT)
            : setting("TOCSIN_BUNDLE", "a model bundle, or YAMNet's backbone as ONNX"),
        CHECKOUT.resolve("models/yamnet-head"),
        CHECKOUT.resolve(".tocsin/cache"));
  }

  /** The recordings of TOCSIN_AUDIO; without them the test is skipped. */
  static Path audio() {
    return setting("TOCSIN_AUDIO", "a folder of recordings");
  }

  /** Ports of this program's own: other stacks may be starting on the machine just now. */
  static StackPorts ports() {
    return PORTS;
  }

  private static StackPorts ownPorts() {
    int[] ports = TcpPorts.own(4);
    return new StackPorts(ports[0], ports[1], ports[2], ports[3]);
  }

  private static Path setting(String variable, String meaning) {
    String value = System.getenv(variable);
    assumeTrue(
        value != null && !value.isBlank(),
        variable + " is not set; set it to " + meaning + " to run this test");
    Path path = Path.of(value).toAbsolutePath().normalize();
    assumeTrue(Files.exists(path), variable + " is " + path + ", which does not exist");
    return path;
  }
}

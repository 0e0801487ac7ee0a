package io.tocsin.stack;

import io.tocsin.schema.identity.SensorKeyMode;
import java.nio.file.Path;

/**
 * How a stack is started.
 *
 * @param home the folder that holds {@code .tocsin/}
 * @param name of the stack; its state is {@code HOME/.tocsin/NAME/}
 * @param ports that are wanted
 * @param freePorts whether a taken port is replaced by the next free one rather than an error
 * @param fresh whether the state of earlier runs is deleted first
 * @param topicPartitions partitions of each topic that is created
 * @param taskSlots slots of the Flink TaskManager
 * @param secured whether Kafka wants TLS, passwords and rights
 * @param sensorKeys whether the parts want sensors' records to be signed
 */
public record StackSettings(
    Path home,
    String name,
    StackPorts ports,
    boolean freePorts,
    boolean fresh,
    int topicPartitions,
    int taskSlots,
    boolean secured,
    SensorKeyMode sensorKeys) {

  public StackSettings {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException(
          "stack name is '" + name + "'; use up to 31 of a-z, 0-9 and -");
    }
    if (topicPartitions < 1 || taskSlots < 1) {
      throw new IllegalArgumentException(
          "a stack needs a partition and a slot or more; given are %d and %d"
              .formatted(topicPartitions, taskSlots));
    }
    if (!secured && sensorKeys != SensorKeyMode.OFF) {
      throw new IllegalArgumentException(
          "sensor keys are "
              + sensorKeys
              + ", and anyone may write them where Kafka is not secured; say --secure");
    }
    home = home.toAbsolutePath().normalize();
  }

  /** One whose Kafka lets everyone on this machine do everything. */
  public StackSettings(
      Path home,
      String name,
      StackPorts ports,
      boolean freePorts,
      boolean fresh,
      int topicPartitions,
      int taskSlots) {
    this(home, name, ports, freePorts, fresh, topicPartitions, taskSlots, false, SensorKeyMode.OFF);
  }

  /** A stack that keeps its state and its default ports. */
  public static StackSettings lasting(Path home, String name) {
    return new StackSettings(home, name, StackPorts.DEFAULTS, false, false, 4, 8);
  }

  /** A stack for one use: fresh state, free ports. */
  public static StackSettings forOneUse(Path home, String name) {
    return new StackSettings(home, name, StackPorts.DEFAULTS, true, true, 4, 8);
  }

  /** The folder of everything that this stack writes. */
  public Path stateDir() {
    return home.resolve(".tocsin").resolve(name);
  }
}

package io.tocsin.stack;

import java.util.List;

/**
 * A program of ours that runs in a JVM of its own.
 *
 * @param name of the process and its log; for a Flink job also the job's name on the cluster
 * @param mainClass with the method {@code main}
 * @param heapMebibytes largest heap
 * @param arguments of {@code main}
 */
public record JvmProgram(String name, String mainClass, int heapMebibytes, List<String> arguments) {

  public JvmProgram {
    arguments = List.copyOf(arguments);
  }
}

package io.tocsin.stack.bench.cluster;

import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.server.FlinkRest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A way to run Flink.
 *
 * @param url of its REST interface
 * @param processes that it is made of
 * @param checkpoints folder for those of its jobs
 * @param callersTogether whether all subtasks of a job share one process, and so the threads that
 *     run the model
 */
record FlinkWay(
    String name, String url, List<Member> processes, Path checkpoints, boolean callersTogether) {

  FlinkWay {
    processes = List.copyOf(processes);
  }

  FlinkRest rest() {
    return new FlinkRest(url);
  }

  /** {@code host:port} of the REST interface. */
  String address() {
    return URI.create(url).getAuthority();
  }

  /** Threads for the model in each process, so that there is one for each subtask in all. */
  int callers(int parallelism) {
    return callersTogether ? parallelism : 1;
  }

  Duration processorTime() throws InterruptedException {
    Duration all = Duration.ZERO;
    for (Member process : processes) {
      all = all.plus(process.processorTime());
    }
    return all;
  }
}

package io.tocsin.stack.bench.cluster;

import io.tocsin.stack.JvmProgram;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * All of Flink in one process, which takes jobs by its REST interface as a cluster does; without
 * high availability. Runs until it is ended.
 *
 * <p>Its arguments: the REST interface's port, a folder for temporary files.
 */
public final class OneJvmFlink {

  private static final int SLOTS = 4;
  private static final int HEAP_MEBIBYTES = 1_024;
  private static final Duration METRICS_EVERY = Duration.ofMillis(200);

  private OneJvmFlink() {}

  static JvmProgram program(int restPort, Path folder) {
    return new JvmProgram(
        "flink-one-jvm",
        OneJvmFlink.class.getName(),
        HEAP_MEBIBYTES,
        List.of(Integer.toString(restPort), folder.toString()));
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_PORT, arguments[0]);
    configuration.set(RestOptions.PORT, Integer.parseInt(arguments[0]));
    configuration.set(CoreOptions.TMP_DIRS, arguments[1]);
    configuration.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, METRICS_EVERY);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    MiniCluster flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    flink.start();
    new CountDownLatch(1).await();
  }
}

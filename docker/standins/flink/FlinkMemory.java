import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * What Flink's start scripts ask Flink for: prints the options of the JVM in one line and the
 * arguments that go with them in the next, from the memory that the configuration gives a process.
 */
public final class FlinkMemory {

  private FlinkMemory() {}

  /**
   * @param arguments the role, jobmanager or taskmanager, and the folder of config.yaml
   */
  public static void main(String[] arguments) {
    Configuration configuration = GlobalConfiguration.loadConfiguration(arguments[1]);
    if (arguments[0].equals("taskmanager")) {
      TaskExecutorProcessSpec memory =
          TaskExecutorProcessUtils.processSpecFromConfig(configuration);
      System.out.println(ProcessMemoryUtils.generateJvmParametersStr(memory));
      System.out.println(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory));
    } else {
      JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
      System.out.println(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration));
      System.out.println(JobManagerProcessUtils.generateDynamicConfigsStr(memory));
    }
  }
}

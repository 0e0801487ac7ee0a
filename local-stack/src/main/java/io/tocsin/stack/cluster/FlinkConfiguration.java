package io.tocsin.stack.cluster;

import java.nio.file.Path;

/**
 * What the processes of the Flink cluster are told.
 *
 * @param folder for checkpoints, high availability and temporary files
 * @param slotsEach task slots of each TaskManager
 */
record FlinkConfiguration(
    Path folder, int restPort, int rpcPort, int zooKeeperPort, int slotsEach) {

  String zooKeeper() {
    return """
    tickTime=1000
    dataDir=%s
    clientPort=%d
    clientPortAddress=127.0.0.1
    admin.enableServer=false
    """
        .formatted(folder.resolve("zookeeper"), zooKeeperPort);
  }

  String yaml() {
    return """
    rest.address: 127.0.0.1
    rest.bind-address: 127.0.0.1
    rest.port: %1$d
    rest.bind-port: %1$d
    web.submit.enable: false
    jobmanager.rpc.address: 127.0.0.1
    jobmanager.rpc.port: %2$d
    jobmanager.bind-host: 127.0.0.1
    high-availability.type: zookeeper
    high-availability.zookeeper.quorum: 127.0.0.1:%3$d
    high-availability.zookeeper.client.session-timeout: 8 s
    high-availability.zookeeper.client.connection-timeout: 8 s
    high-availability.storageDir: %4$s
    high-availability.cluster-id: /tocsin
    high-availability.jobmanager.port: %2$d
    # A process that is silent for so long is dead: less than Flink's own 50 s.
    heartbeat.interval: 2 s
    heartbeat.timeout: 10 s
    taskmanager.host: 127.0.0.1
    taskmanager.bind-host: 127.0.0.1
    taskmanager.numberOfTaskSlots: %5$d
    taskmanager.cpu.cores: %5$d.0
    # Both work, so that it matters which of them is lost.
    taskmanager.load-balance.mode: SLOTS
    # The heap of the process is framework plus task; direct memory is both off-heaps plus network.
    taskmanager.memory.framework.heap.size: 128m
    taskmanager.memory.task.heap.size: 384m
    taskmanager.memory.framework.off-heap.size: 128m
    taskmanager.memory.task.off-heap.size: 320m
    taskmanager.memory.network.min: 64m
    taskmanager.memory.network.max: 64m
    taskmanager.memory.managed.size: 64m
    taskmanager.memory.jvm-metaspace.size: 256m
    taskmanager.memory.jvm-overhead.min: 256m
    taskmanager.memory.jvm-overhead.max: 256m
    pipeline.generic-types: false
    pipeline.auto-generate-uids: false
    execution.checkpointing.dir: %6$s
    execution.checkpointing.num-retained: 2
    execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
    restart-strategy.type: exponential-delay
    restart-strategy.exponential-delay.max-backoff: 10 s
    restart-strategy.exponential-delay.reset-backoff-threshold: 5 min
    # A busy machine may take longer than the default's 10 s to set up a task, and is no broken one.
    pekko.ask.timeout: 1 min
    io.tmp.dirs: %7$s
    metrics.fetcher.update-interval: 200
    """
        .formatted(
            restPort,
            rpcPort,
            zooKeeperPort,
            folder.resolve("ha").toUri(),
            slotsEach,
            folder.resolve("checkpoints").toUri(),
            folder.resolve("tmp"));
  }
}

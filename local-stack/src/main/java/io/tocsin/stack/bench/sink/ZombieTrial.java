package io.tocsin.stack.bench.sink;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.stack.process.Child;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sink that is stopped (SIGSTOP) with records in hand and goes on after another has taken over:
 * it must write nothing and end. So that a single row of it would show, the table is emptied before
 * it goes on.
 */
final class ZombieTrial {

  private static final String GROUP = "zombies";
  private static final String INSTANCE = "zombie";
  private static final int DETECTIONS = 5_000;
  private static final Duration END_WITHIN = Duration.ofMinutes(1);
  private static final Duration WRITE_WITHIN = Duration.ofMinutes(3);

  private final SinkRig rig;
  private final DetectionLoad load;

  ZombieTrial(SinkRig rig, DetectionLoad load) {
    this.rig = rig;
    this.load = load;
  }

  /** What is wrong: nothing, as it should be. */
  List<String> wrong() throws SQLException, InterruptedException {
    Child zombie = start("zombie");
    SinkLogs.awaitAtWork(zombie);
    Map<Integer, Long> ends;
    try (LoadedTopic<Detection> topic =
        new LoadedTopic<>(Topics.DETECTIONS, rig.registryClient(), rig.kafkaAddress())) {
      for (int i = 0; i < DETECTIONS; i++) {
        topic.send(load.detection(9, i));
      }
      rig.signal(zombie, "STOP");
      ends = topic.ends();
    }
    Child successor = start("successor");
    StoredRecords.awaitWritten(rig, GROUP, Map.of(Topics.DETECTIONS.name(), ends), WRITE_WITHIN);
    successor.stop();
    try (Connection connection = rig.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE tocsin.detection");
    }
    rig.signal(zombie, "CONT");
    List<String> wrong = new ArrayList<>();
    if (!zombie.await(END_WITHIN)) {
      wrong.add("the zombie still runs " + END_WITHIN + " after it went on");
      zombie.stop();
    }
    List<String> rows = StoredRecords.detections(rig);
    if (!rows.isEmpty()) {
      wrong.add("the zombie wrote " + rows.size() + " rows, such as " + rows.get(0));
    }
    return wrong;
  }

  private Child start(String name) {
    return rig.startShortLivedSink(
        name, GROUP, List.of("--kafka.instanceId=" + INSTANCE, "--workers=1", "--batchSize=200"));
  }
}

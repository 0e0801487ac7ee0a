package io.tocsin.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.identity.SensorKeyMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a process follows the sensors' keys. */
class SharedSensorKeysTest {

  private final List<String> opened = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private final List<Job> jobs = new ArrayList<>();

  /** A job in a process of Flink's, with a class loader of its own. */
  private static final class Job implements UserCodeClassLoader {

    private final ClassLoader loader = new ClassLoader() {};
    private final Map<String, Runnable> hooks = new HashMap<>();

    @Override
    public ClassLoader asClassLoader() {
      return loader;
    }

    @Override
    public void registerReleaseHookIfAbsent(String name, Runnable hook) {
      hooks.putIfAbsent(name, hook);
    }

    void leaves() {
      hooks.values().forEach(Runnable::run);
    }
  }

  private Job job() {
    Job job = new Job();
    jobs.add(job);
    return job;
  }

  @AfterEach
  void allLeave() {
    jobs.forEach(Job::leaves);
  }

  private static KafkaSettings kafka(String bootstrapServers, SensorKeyMode mode) {
    return new KafkaSettings(
        bootstrapServers, "mock://keys", false, null, false, null, null, mode, Map.of());
  }

  private void reads(Job job, KafkaSettings settings) {
    String name = settings.bootstrapServers() + "#" + opened.size();
    assertThat(
            SharedSensorKeys.check(
                settings,
                job,
                kafka -> {
                  opened.add(name);
                  return new SharedSensorKeys.Opened(
                      (sensor, wanted) -> null, () -> closed.add(name));
                }))
        .isNotNull();
  }

  @Test
  void oneTableServesAllSourcesOfAllJobsAndEndsWithTheLast() {
    KafkaSettings kafka = kafka("one:9092", SensorKeyMode.REQUIRED);
    Job first = job();
    Job second = job();
    reads(first, kafka);
    reads(first, kafka);
    reads(second, kafka);
    assertThat(opened).containsExactly("one:9092#0");
    assertThat(first.hooks).hasSize(1);

    first.leaves();
    assertThat(closed).isEmpty();
    first.leaves();
    assertThat(closed).isEmpty();
    second.leaves();
    assertThat(closed).containsExactly("one:9092#0");
  }

  @Test
  void aJobThatComesWhenAllHaveLeftReadsTheKeysAnew() {
    KafkaSettings kafka = kafka("one:9092", SensorKeyMode.OPTIONAL);
    Job first = job();
    reads(first, kafka);
    first.leaves();
    reads(job(), kafka);
    assertThat(opened).containsExactly("one:9092#0", "one:9092#1");
    assertThat(closed).containsExactly("one:9092#0");
  }

  @Test
  void eachKafkaHasATableOfItsOwnAndOneWithoutKeysHasNone() {
    Job job = job();
    reads(job, kafka("one:9092", SensorKeyMode.REQUIRED));
    reads(job, kafka("two:9092", SensorKeyMode.REQUIRED));
    reads(job, kafka("three:9092", SensorKeyMode.OFF));
    assertThat(opened).containsExactly("one:9092#0", "two:9092#1");
    job.leaves();
    assertThat(closed).containsExactlyInAnyOrderElementsOf(opened);
  }

  @Test
  void keysThatCannotBeReadLeaveNothingBehind() {
    KafkaSettings kafka = kafka("one:9092", SensorKeyMode.REQUIRED);
    Job job = job();
    assertThatThrownBy(
            () ->
                SharedSensorKeys.check(
                    kafka,
                    job,
                    settings -> {
                      throw new KafkaException("no topic");
                    }))
        .hasMessage("no topic");
    assertThat(job.hooks).isEmpty();
    reads(job, kafka);
    assertThat(opened).hasSize(1);
  }
}

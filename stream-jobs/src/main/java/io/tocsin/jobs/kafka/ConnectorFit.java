package io.tocsin.jobs.kafka;

import io.tocsin.jobs.settings.SettingsException;
import java.util.Arrays;
import org.apache.kafka.clients.producer.internals.TransactionalRequestResult;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Whether Flink's Kafka connector and Kafka's clients go together. For transactions the connector
 * reaches into the producer, where each release may be another: a job would begin, and fail at its
 * first checkpoint, again and again.
 */
final class ConnectorFit {

  private static final String WAITS = "await";

  private ConnectorFit() {}

  /**
   * Makes sure that transactions can be written.
   *
   * @throws SettingsException if Kafka's clients on the class path lack what the connector calls
   */
  static void requireTransactions() {
    require(TransactionalRequestResult.class, AppInfoParser.getVersion());
  }

  /**
   * @param result what the producer answers with when it adds partitions to a transaction
   * @param version of the clients that it is from
   */
  static void require(Class<?> result, String version) {
    boolean waits =
        Arrays.stream(result.getMethods())
            .anyMatch(m -> m.getName().equals(WAITS) && m.getParameterCount() == 0);
    if (!waits) {
      throw new SettingsException(
          "kafka.exactlyOnce cannot be had with kafka-clients "
              + version
              + ": Flink's Kafka connector calls "
              + result.getSimpleName()
              + "."
              + WAITS
              + "(), which they do not have; build with the version that the connector is made for"
              + " (kafka.version in pom.xml), or leave kafka.exactlyOnce out");
    }
  }
}

package io.tocsin.sink;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Jdbi;

/** PostGIS with schema tocsin at the version of this build. */
public final class Database implements AutoCloseable {

  /** How the server's list of sessions names those of a sink. */
  static final String APPLICATION = "tocsin-sink";

  private static final String SCHEMA = "tocsin";
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

  /** Of a sink that was stopped in the middle of a transaction; sending dead letters takes 45 s. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  /** Waits of 1, 2, 4 … up to 30 s: about an hour until a start without a database gives up. */
  private static final int START_RETRIES = 120;

  private static final int LONGEST_RETRY_SECONDS = 30;

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /**
   * Waits for the server and brings the schema up to date.
   *
   * @throws SettingsException if the password file cannot be read
   * @throws org.flywaydb.core.api.FlywayException if the server stays away for about an hour or a
   *     migration fails
   */
  public static Database open(
      SinkSettings.DatabaseSettings settings, Map<String, String> environment) {
    return open(settings, environment, 1);
  }

  /** As above, with connections for so many workers. */
  static Database open(
      SinkSettings.DatabaseSettings settings, Map<String, String> environment, int workers) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("tocsin-sink");
    config.setJdbcUrl(settings.jdbcUrl());
    config.setUsername(settings.user());
    config.setPassword(settings.password(environment));
    // One more for the upkeep of partitions and its like.
    config.setMaximumPoolSize(workers + 1);
    config.setConnectionTimeout(CONNECT_WITHIN.toMillis());
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("ApplicationName", APPLICATION);
    // Rows and offsets are in one transaction, and the log is replayed as a prefix of what was
    // committed: what a crash of the server takes back is read from Kafka once more.
    config.setConnectionInitSql(
        "SET synchronous_commit = off; SET idle_in_transaction_session_timeout = "
            + LONGEST_SILENCE.toMillis());
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // A server that vanished without a word must not hold the consumer past max.poll.interval.ms.
    config.addDataSourceProperty("socketTimeout", Long.toString(ANSWER_WITHIN.toSeconds()));
    config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT_WITHIN.toSeconds()));
    HikariDataSource pool = new HikariDataSource(config);
    try {
      Flyway.configure()
          .dataSource(pool)
          .schemas(SCHEMA)
          .defaultSchema(SCHEMA)
          .locations("classpath:db/migration")
          .connectRetries(START_RETRIES)
          .connectRetriesInterval(LONGEST_RETRY_SECONDS)
          .load()
          .migrate();
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
    return new Database(pool);
  }

  /** The database through its pool. */
  public Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public void close() {
    pool.close();
  }
}

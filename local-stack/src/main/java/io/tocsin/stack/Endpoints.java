package io.tocsin.stack;

/**
 * Where clients reach a stack.
 *
 * @param bootstrapServers Kafka, {@code host:port}
 * @param registryUrl base address of the Confluent-compatible schema registry
 * @param flinkUrl Flink's REST interface and web pages
 * @param jdbcUrl the database, without user and password
 * @param databaseHost host of the database
 * @param databasePort port of the database
 * @param database name of the database
 * @param databaseUser who owns it
 * @param databasePasswordFile file that holds the user's password and nothing else
 */
public record Endpoints(
    String bootstrapServers,
    String registryUrl,
    String flinkUrl,
    String jdbcUrl,
    String databaseHost,
    int databasePort,
    String database,
    String databaseUser,
    String databasePasswordFile) {}

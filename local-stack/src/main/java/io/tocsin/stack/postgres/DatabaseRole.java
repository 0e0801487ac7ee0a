package io.tocsin.stack.postgres;

import java.nio.file.Path;

/** Who a client of a stack's database may be; the migrations say what each may do. */
public enum DatabaseRole {
  /** Everything: in a stack's private cluster it is the superuser. */
  OWNER("tocsin", "postgres-password"),
  /** Writes rows. */
  SINK("tocsin_sink", "postgres-password-sink"),
  /** Reads, except evidence. */
  ANALYST("tocsin_analyst", "postgres-password-analyst"),
  /** Reads as an analyst does, and writes reviews. */
  CONSOLE("tocsin_console", "postgres-password-console");

  private final String databaseUser;
  private final String passwordFile;

  DatabaseRole(String databaseUser, String passwordFile) {
    this.databaseUser = databaseUser;
    this.passwordFile = passwordFile;
  }

  /** Its name in the database. */
  public String databaseUser() {
    return databaseUser;
  }

  /** The file that holds its password and nothing else, in the state folder of a stack. */
  public Path passwordFile(Path stateDir) {
    return stateDir.resolve(passwordFile);
  }
}

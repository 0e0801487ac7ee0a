package io.tocsin.sink;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose fault a database error is, by SQLSTATE (PostgreSQL manual, appendix A): a record's, which
 * no repetition cures, or the database's, which time may cure.
 */
public final class Faults {

  /** Data exception, integrity constraint violation, program limit exceeded. */
  private static final Set<String> CLASSES_OF_DATA = Set.of("22", "23", "54");

  /** PostGIS reports a geometry that it cannot handle as an internal error. */
  private static final String INTERNAL_ERROR = "XX000";

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private Faults() {}

  /** Whether the record is at fault. */
  public static boolean isOfData(Throwable error) {
    String state = sqlState(error);
    return state != null
        && (state.equals(INTERNAL_ERROR)
            || (state.length() == 5 && CLASSES_OF_DATA.contains(state.substring(0, 2))));
  }

  /** Whether a lock_timeout ran out. */
  static boolean isLockNotAvailable(Throwable error) {
    return LOCK_NOT_AVAILABLE.equals(sqlState(error));
  }

  /** The error that the database gave, or {@code error} itself where it gave none. */
  public static Throwable rootOf(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof SQLException) {
        return e;
      }
    }
    return error;
  }

  private static @Nullable String sqlState(Throwable error) {
    return rootOf(error) instanceof SQLException sql ? sql.getSQLState() : null;
  }
}

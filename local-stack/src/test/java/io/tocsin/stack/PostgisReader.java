package io.tocsin.stack;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What PostGIS answers to the owner of schema tocsin. */
record PostgisReader(String jdbcUrl, String password) {

  /** The first column of a query's answer, as text. */
  List<String> column(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, "tocsin", password);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }
}

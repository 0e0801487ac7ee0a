package io.tocsin.stack.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** How the database went about a statement. */
final class SqlPlans {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SqlPlans() {}

  /** Whether running the statement reads all of a partition of tocsin.detection. */
  static boolean scansDetections(Statement statement, String sql) throws SQLException {
    try (ResultSet plan = statement.executeQuery("EXPLAIN (ANALYZE, FORMAT JSON) " + sql)) {
      plan.next();
      return scansDetections(JSON.readTree(plan.getString(1)).path(0).path("Plan"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the plan of " + sql + " is no JSON", e);
    }
  }

  private static boolean scansDetections(JsonNode node) {
    boolean here =
        node.path("Node Type").asText().equals("Seq Scan")
            && node.path("Relation Name").asText().startsWith("detection")
            && node.path("Actual Loops").asInt() > 0;
    if (here) {
      return true;
    }
    for (JsonNode child : node.path("Plans")) {
      if (scansDetections(child)) {
        return true;
      }
    }
    return false;
  }
}

package io.tocsin.jobs.distress;

import io.tocsin.association.Pattern;
import io.tocsin.association.Severity;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.DistressPattern;
import java.util.List;

/** Patterns to what association goes by. */
public final class PatternMapping implements DomainMapping<DistressPattern, FieldChange> {

  private static final long serialVersionUID = 1L;

  /** Picks are replicated to cells for sounds that are so far apart, and no farther. */
  static final double WIDEST_METRES = 300;

  @Override
  public FieldChange toDomain(DistressPattern value) {
    return new FieldChange(value.getPatternId(), true, null, pattern(value));
  }

  /**
   * The pattern that association goes by.
   *
   * @throws RefusedRecordException if it cannot
   */
  public Pattern pattern(DistressPattern value) {
    if (value.getSeverity() == io.tocsin.schema.avro.Severity.UNKNOWN) {
      throw new RefusedRecordException(
          "severity is UNKNOWN to this build; LOW, MEDIUM, HIGH or CRITICAL", null);
    }
    if (value.getWithinMetres() > WIDEST_METRES) {
      throw new RefusedRecordException(
          "withinMetres is "
              + value.getWithinMetres()
              + "; sounds are brought together over at most "
              + WIDEST_METRES
              + " m",
          null);
    }
    return new Pattern(
        value.getPatternId(),
        List.copyOf(value.getLabels()),
        value.getWithinMillis() * 1_000,
        value.getWithinMetres(),
        value.getMinimumProbability(),
        value.getMinimumSensors(),
        Severity.valueOf(value.getSeverity().name()),
        value.getEnabled());
  }

  @Override
  public FieldChange withdrawn(String key) {
    return new FieldChange(key, true, null, null);
  }
}

package io.tocsin.edge.source;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.health.Telling;
import io.tocsin.schema.avro.Clock;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What a source and the clock have to tell. */
public record SourceTelling(Supplier<SourceStatus> source, CaptureClock system) implements Telling {

  private static final double MILLIS_PER_SECOND = 1e3;

  @Override
  public ObjectNode facts() {
    SourceStatus status = source.get();
    Clock clock = status.clock().on(system.clock());
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts
        .putObject("source")
        .put("description", status.description())
        .put("state", status.state().name().toLowerCase(Locale.ROOT))
        .put("openings", status.openings())
        .put("failures", status.failures())
        .put("stalls", status.stalls())
        .put("gaps", status.gaps())
        .put("seconds", status.seconds())
        .put("silentSeconds", status.silence().toMillis() / MILLIS_PER_SECOND)
        .put("problem", status.problem());
    facts
        .putObject("clock")
        .put("kind", status.clock().kind().name())
        .put("source", clock.getSource().name())
        .put("uncertaintyMicros", clock.getUncertaintyMicros())
        .put("steps", system.steps());
    return facts;
  }

  @Override
  public List<Figure> figures() {
    SourceStatus status = source.get();
    return List.of(
        Figure.gauge(
            "source_live",
            "1 while the source delivers",
            status.state() == SourceStatus.State.LIVE ? 1 : 0),
        Figure.counter("source_openings_total", "Of the source, the first too", status.openings()),
        Figure.counter(
            "source_failures_total", "Openings that failed and broken ends", status.failures()),
        Figure.counter("source_stalls_total", "Restarts for want of sound", status.stalls()),
        Figure.counter("source_gaps_total", "Before which sound may be missing", status.gaps()),
        Figure.counter("source_seconds_total", "Of sound delivered", status.seconds()),
        Figure.gauge(
            "clock_uncertainty_seconds",
            "Of capture times, one standard deviation",
            status.clock().on(system.clock()).getUncertaintyMicros() / 1e6),
        Figure.counter("clock_steps_total", "Of the system's clock", system.steps()));
  }
}

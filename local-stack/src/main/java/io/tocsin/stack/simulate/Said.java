package io.tocsin.stack.simulate;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator.RevisedEvent;
import org.jspecify.annotations.Nullable;

/**
 * A word of the job: an alert or a sound event.
 *
 * @param atMillis event time at which it was said: a pick's onset, or a timer's time
 */
public record Said(@Nullable Alert alert, @Nullable RevisedEvent event, long atMillis) {}

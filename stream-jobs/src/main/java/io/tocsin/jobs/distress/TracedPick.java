package io.tocsin.jobs.distress;

import io.tocsin.association.Pick;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A pick as it arrives.
 *
 * @param trace of its detection; null for none. It goes along on the way and is kept nowhere
 */
public record TracedPick(Pick pick, @Nullable TraceParent trace) {}

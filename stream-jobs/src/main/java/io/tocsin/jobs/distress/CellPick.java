package io.tocsin.jobs.distress;

import io.tocsin.association.Pick;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A pick on its way to one of the cells that it may matter to.
 *
 * @param cell H3 index
 * @param trace of its detection; null for none
 */
public record CellPick(long cell, Pick pick, @Nullable TraceParent trace) {}

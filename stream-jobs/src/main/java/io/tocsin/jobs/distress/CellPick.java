package io.tocsin.jobs.distress;

import io.tocsin.association.Pick;

/**
 * A pick on its way to one of the cells that it may matter to.
 *
 * @param cell H3 index
 */
public record CellPick(long cell, Pick pick) {}

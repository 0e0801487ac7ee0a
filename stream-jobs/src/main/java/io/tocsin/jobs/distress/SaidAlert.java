package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;

/**
 * An alert as it stands in its topic.
 *
 * @param cell H3 index of the cell that said it, by the record's header; {@link OwnerCell#NONE} for
 *     none. Not proven to be a cell
 */
public record SaidAlert(long cell, Alert alert) {}

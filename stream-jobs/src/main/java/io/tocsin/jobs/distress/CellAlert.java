package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;

/**
 * An alert, as it stands in its topic, on its way to a cell that may own it.
 *
 * @param cell H3 index
 * @param waits whether the cell is to keep it while it does not know its picks, and to end it if
 *     they never come: one cell only is asked to
 */
public record CellAlert(long cell, Alert alert, boolean waits) {}

package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;

/**
 * An alert, as it stands in its topic, on its way to one of the cells that may own it.
 *
 * @param cell H3 index
 */
public record CellAlert(long cell, Alert alert) {}

package io.tocsin.edge.spool;

/**
 * Where a record lies.
 *
 * @param segment number of its segment
 * @param index of the record in the segment, from 0
 */
public record SpoolPosition(long segment, int index) {}

package io.tocsin.association;

import java.util.List;

/**
 * How often a sensor picked a label without any sound that others heard too.
 *
 * @param source number of the sensor and label: {@link Background#source}
 * @param epochs spans of {@link Background#EPOCH_MICROS} since 1970 that had such picks, rising
 * @param counts of each
 */
public record Chatter(long source, List<Long> epochs, List<Integer> counts) {}

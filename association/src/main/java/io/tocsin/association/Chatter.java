package io.tocsin.association;

import java.util.List;

/**
 * How often a sensor picked a label without any sound that others heard too.
 *
 * @param key of the sensor and label
 * @param epochs spans of {@link Background#EPOCH_MICROS} since 1970 that had such picks, rising
 * @param counts of each
 */
public record Chatter(String key, List<Long> epochs, List<Integer> counts) {}

package io.tocsin.association;

/**
 * An alert that nothing but chance brought together.
 *
 * @param realSounds how many of its sounds were sounds indeed, moved as a whole; what else it has
 *     is made of single sensors' picks
 */
public record ChanceAlert(String patternId, double probability, int realSounds) {}

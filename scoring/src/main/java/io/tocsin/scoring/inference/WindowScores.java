package io.tocsin.scoring.inference;

/**
 * What the model says of one window.
 *
 * @param scores one raw score for each of the bundle's outputs, in the bundle's order
 */
public record WindowScores(float[] scores) {}

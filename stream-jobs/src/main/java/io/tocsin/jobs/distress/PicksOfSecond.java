package io.tocsin.jobs.distress;

import io.tocsin.association.Pick;
import java.util.List;

/** The picks that a cell keeps of one second. */
public record PicksOfSecond(List<Pick> picks) {}

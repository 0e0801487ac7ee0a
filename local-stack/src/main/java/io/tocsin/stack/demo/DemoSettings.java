package io.tocsin.stack.demo;

import io.tocsin.stack.StackPorts;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a demonstration is given.
 *
 * @param home the folder that holds {@code .tocsin/}
 * @param ports wanted; a taken one is replaced by the next free one
 * @param bundle folder of the model bundle
 * @param audio folders with recordings
 * @param seed of the scene
 * @param sensors of the scene
 * @param pairs true pairs of the scene
 * @param speed times real time at which it is played
 * @param report where the figures are written as JSON; null for nowhere
 */
record DemoSettings(
    Path home,
    StackPorts ports,
    Path bundle,
    List<Path> audio,
    long seed,
    int sensors,
    int pairs,
    double speed,
    @Nullable Path report) {}

package io.tocsin.edge.mode;

import io.tocsin.scoring.window.AudioWindow;
import org.jspecify.annotations.Nullable;

/**
 * What the model at the sensor says of a window.
 *
 * @param embedding the backbone's; null where the model failed
 * @param scores one for each output of the bundle; null where the model failed, or was not asked
 */
record Heard(AudioWindow window, float @Nullable [] embedding, float @Nullable [] scores) {}

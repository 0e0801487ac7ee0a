/** Scenes of real recordings with ground truth, what each sensor hears of them, and evaluation. */
@NullMarked
package io.tocsin.simulator;

import org.jspecify.annotations.NullMarked;

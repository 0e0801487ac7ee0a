/** Windows cut from a sensor's frames, the same however the frames were cut. */
@NullMarked
package io.tocsin.scoring.window;

import org.jspecify.annotations.NullMarked;

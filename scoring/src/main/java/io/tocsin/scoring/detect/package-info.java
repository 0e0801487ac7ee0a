/** Scores of consecutive windows to detections with an onset. */
@NullMarked
package io.tocsin.scoring.detect;

import org.jspecify.annotations.NullMarked;

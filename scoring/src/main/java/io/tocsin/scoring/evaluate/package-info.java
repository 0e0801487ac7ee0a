/** How well scores tell sounds apart: pure metrics, calibration fits and splits by source. */
@NullMarked
package io.tocsin.scoring.evaluate;

import org.jspecify.annotations.NullMarked;

/** ScoringJob: frames to windows, windows to scores, scores to detections. */
@NullMarked
package io.tocsin.jobs.scoring;

import org.jspecify.annotations.NullMarked;

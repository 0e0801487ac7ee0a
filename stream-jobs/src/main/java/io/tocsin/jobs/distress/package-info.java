/** DistressJob: detections to located, scored distress alerts. */
@NullMarked
package io.tocsin.jobs.distress;

import org.jspecify.annotations.NullMarked;

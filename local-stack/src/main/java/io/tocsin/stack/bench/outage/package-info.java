/** What becomes of a fleet's audio while Kafka is down and its producer is killed. */
@NullMarked
package io.tocsin.stack.bench.outage;

import org.jspecify.annotations.NullMarked;

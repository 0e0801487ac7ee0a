/** From the spool to Kafka: live frames at once, stored ones beside them, each at least once. */
@NullMarked
package io.tocsin.edge.forward;

import org.jspecify.annotations.NullMarked;

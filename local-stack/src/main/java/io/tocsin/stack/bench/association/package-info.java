/** How fast picks become alerts, without Kafka. */
@NullMarked
package io.tocsin.stack.bench.association;

import org.jspecify.annotations.NullMarked;

/** What a cluster of processes costs beside one JVM: both jobs, from the same topics. */
@NullMarked
package io.tocsin.stack.bench.cluster;

import org.jspecify.annotations.NullMarked;

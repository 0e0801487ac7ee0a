/** What this machine has and lacks, and how to get it. */
@NullMarked
package io.tocsin.stack.doctor;

import org.jspecify.annotations.NullMarked;

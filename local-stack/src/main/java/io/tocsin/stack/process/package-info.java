/** Child processes that end with their supervisor, however it ends; ports and who holds them. */
@NullMarked
package io.tocsin.stack.process;

import org.jspecify.annotations.NullMarked;

/** How many false alarms chance brings to a running system: time slides of what it heard. */
@NullMarked
package io.tocsin.stack.falsealarms;

import org.jspecify.annotations.NullMarked;

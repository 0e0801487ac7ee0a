/** Whether a part that runs gets on with its work, for whoever looks after it. */
@NullMarked
package io.tocsin.schema.progress;

import org.jspecify.annotations.NullMarked;

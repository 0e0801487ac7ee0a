/** What is wrong with a site, in words. */
@NullMarked
package io.tocsin.edge.check;

import org.jspecify.annotations.NullMarked;

/** Command line verbs on bundles and sound files. */
@NullMarked
package io.tocsin.scoring.cli;

import org.jspecify.annotations.NullMarked;

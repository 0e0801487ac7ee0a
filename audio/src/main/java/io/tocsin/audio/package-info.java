/** Sound files and samples. Samples are mono floats from −1 to 1 unless a name says otherwise. */
@NullMarked
package io.tocsin.audio;

import org.jspecify.annotations.NullMarked;

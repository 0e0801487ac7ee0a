/** Model bundles: a folder with bundle.yaml and ONNX files, verified by digest. */
@NullMarked
package io.tocsin.scoring.bundle;

import org.jspecify.annotations.NullMarked;

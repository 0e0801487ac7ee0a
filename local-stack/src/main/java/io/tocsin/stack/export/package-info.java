/** The archive as files: GeoJSON, CSV and GeoPackage, streamed from the database. */
@NullMarked
package io.tocsin.stack.export;

import org.jspecify.annotations.NullMarked;

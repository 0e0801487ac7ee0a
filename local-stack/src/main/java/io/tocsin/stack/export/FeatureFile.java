package io.tocsin.stack.export;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file that features are written to one by one. */
interface FeatureFile extends AutoCloseable {

  /** The geometry of a row as SQL, from {@code place}. */
  String geometrySql();

  /**
   * Adds a feature.
   *
   * @param geometry what {@link #geometrySql} gave: a String or a byte[]
   * @param values of the columns, in their order
   */
  void add(Object geometry, List<@Nullable Object> values) throws IOException;

  /** Completes the file. */
  @Override
  void close() throws IOException;
}

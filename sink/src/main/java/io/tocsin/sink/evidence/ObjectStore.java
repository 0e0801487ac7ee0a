package io.tocsin.sink.evidence;

import java.util.Optional;

/** Where clips lie: bytes by key. */
interface ObjectStore extends AutoCloseable {

  /**
   * Stores an object whole or not at all, in place of one under that key.
   *
   * @param key segments of letters, digits and {@code . _ : -} with slashes between
   * @throws StoreUnavailableException if the store does not take it: try again
   */
  void put(String key, byte[] bytes, String contentType);

  /**
   * The object under that key, if there is one.
   *
   * @throws StoreUnavailableException if the store does not answer: try again
   */
  Optional<byte[]> get(String key);

  /**
   * Deletes the object under that key; nothing happens if there is none.
   *
   * @throws StoreUnavailableException if the store does not answer: try again
   */
  void delete(String key);

  @Override
  void close();
}

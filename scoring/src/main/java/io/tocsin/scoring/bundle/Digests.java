package io.tocsin.scoring.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 in lower-case hexadecimal. */
public final class Digests {

  private Digests() {}

  /** Digest of bytes. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Digest of a file. */
  public static String sha256(Path file) throws IOException {
    return sha256(Files.readAllBytes(file));
  }

  /** A deterministic id: the first 128 bits of the digest of the parts, in hexadecimal. */
  public static String id(Object... parts) {
    StringBuilder joined = new StringBuilder();
    for (Object part : parts) {
      joined.append(part).append('\u0000');
    }
    return sha256(joined.toString().getBytes(StandardCharsets.UTF_8)).substring(0, 32);
  }

  /** Digest over several files: of their sorted "name digest" lines. */
  static String ofFiles(Map<String, String> digestByName) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(digestByName)
        .forEach((name, digest) -> lines.append(name).append(' ').append(digest).append('\n'));
    return sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}

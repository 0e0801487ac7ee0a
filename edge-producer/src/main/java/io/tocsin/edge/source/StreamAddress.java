package io.tocsin.edge.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stream's address, which may hold a secret: a password, or a token behind the question mark.
 *
 * @param text as ffmpeg gets it
 */
public record StreamAddress(String text) {

  private static final Pattern PARTS =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://(?:([^/?#]*)@)?([^?#]*)(?:[?#](.*))?");

  /**
   * @throws IllegalArgumentException if it is none, without saying what it is
   */
  public StreamAddress {
    if (!PARTS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a stream's address is SCHEME://HOST…, such as rtsp://10.0.0.7/live");
    }
  }

  /** Whether something looks like one. */
  public static boolean isOne(String text) {
    return PARTS.matcher(text).matches();
  }

  private Matcher parts() {
    Matcher matcher = PARTS.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException("it was looked at before");
    }
    return matcher;
  }

  /** Such as rtsp. */
  public String scheme() {
    return parts().group(1).toLowerCase(Locale.ROOT);
  }

  /** The address without its secrets. */
  @Override
  public String toString() {
    Matcher parts = parts();
    return parts.group(1) + "://" + parts.group(3);
  }

  /** A line of somebody's words without the secrets. */
  String redact(String words) {
    String redacted = words.replace(text, toString());
    Matcher parts = parts();
    List<String> secrets = new ArrayList<>();
    if (parts.group(2) != null) {
      secrets.add(parts.group(2));
      secrets.addAll(List.of(parts.group(2).split(":", 2)));
    }
    if (parts.group(4) != null) {
      secrets.add(parts.group(4));
    }
    for (String secret : secrets) {
      if (secret.length() > 2) {
        redacted = redacted.replace(secret, "…");
      }
    }
    return redacted;
  }
}

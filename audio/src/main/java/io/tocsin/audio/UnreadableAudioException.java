package io.tocsin.audio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A sound file that cannot be read; the message names the file, what is wrong and the way out. */
public final class UnreadableAudioException extends IOException {

  private static final long serialVersionUID = 1L;

  UnreadableAudioException(String what, String wrong, @Nullable Throwable cause) {
    super(
        what + ": " + wrong + "; convert it, for instance with ffmpeg -i IN -ac 1 OUT.wav", cause);
  }
}

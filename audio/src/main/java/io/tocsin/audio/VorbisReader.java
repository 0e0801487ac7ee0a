package io.tocsin.audio;

import com.jcraft.jogg.Packet;
import com.jcraft.jogg.Page;
import com.jcraft.jogg.StreamState;
import com.jcraft.jogg.SyncState;
import com.jcraft.jorbis.Block;
import com.jcraft.jorbis.Comment;
import com.jcraft.jorbis.DspState;
import com.jcraft.jorbis.Info;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ogg Vorbis to mono by the mean of the channels, over JOrbis itself: its adapter to the sound API
 * loses streams that fit one page. The last page's granule position says how many samples there are
 * (Ogg Vorbis I, A.2).
 */
final class VorbisReader {

  private static final int HEADER_PACKETS = 3;

  private final byte[] bytes;
  private final String source;
  private final Info info = new Info();
  private final Comment comment = new Comment();
  private final List<float[]> blocks = new ArrayList<>();
  private int decoded;
  private long declared = -1;

  private VorbisReader(byte[] bytes, String source) {
    this.bytes = bytes;
    this.source = source;
  }

  static AudioClip read(byte[] bytes, String source) throws UnreadableAudioException {
    VorbisReader reader = new VorbisReader(bytes, source);
    try {
      return reader.clip();
    } catch (RuntimeException e) {
      // JOrbis runs off its arrays where a stream is damaged.
      throw new UnreadableAudioException(source, "not a whole Ogg Vorbis stream", e);
    }
  }

  private AudioClip clip() throws UnreadableAudioException {
    SyncState sync = new SyncState();
    sync.init();
    int at = sync.buffer(bytes.length);
    System.arraycopy(bytes, 0, sync.data, at, bytes.length);
    sync.wrote(bytes.length);
    info.init();
    comment.init();
    StreamState stream = new StreamState();
    Page page = new Page();
    DspState dsp = new DspState();
    Block block = new Block(dsp);
    int packets = 0;
    boolean begun = false;
    boolean ended = false;
    while (!ended && sync.pageout(page) == 1) {
      if (!begun) {
        stream.init(page.serialno());
        begun = true;
      }
      if (stream.pagein(page) < 0) {
        continue;
      }
      Packet packet = new Packet();
      while (stream.packetout(packet) == 1) {
        if (packets < HEADER_PACKETS) {
          if (info.synthesis_headerin(comment, packet) < 0) {
            throw new UnreadableAudioException(source, "an Ogg file, but not of Vorbis", null);
          }
          packets++;
          if (packets == HEADER_PACKETS) {
            dsp.synthesis_init(info);
            block.init(dsp);
          }
        } else if (block.synthesis(packet) == 0) {
          dsp.synthesis_blockin(block);
          drain(dsp);
        }
      }
      declared = Math.max(declared, page.granulepos());
      ended = page.eos() != 0;
    }
    if (!ended) {
      throw new UnreadableAudioException(source, "an Ogg stream without its end", null);
    }
    if (decoded == 0) {
      throw new UnreadableAudioException(source, "an Ogg file without a sample", null);
    }
    return new AudioClip(samples(), info.rate);
  }

  private void drain(DspState dsp) {
    float[][][] pcm = new float[1][][];
    int[] index = new int[info.channels];
    int samples;
    while ((samples = dsp.synthesis_pcmout(pcm, index)) > 0) {
      float[] mono = new float[samples];
      for (int c = 0; c < info.channels; c++) {
        for (int i = 0; i < samples; i++) {
          mono[i] += pcm[0][c][index[c] + i] / info.channels;
        }
      }
      blocks.add(mono);
      decoded += samples;
      dsp.synthesis_read(samples);
    }
  }

  private float[] samples() {
    float[] samples = new float[decoded];
    int at = 0;
    for (float[] part : blocks) {
      System.arraycopy(part, 0, samples, at, part.length);
      at += part.length;
    }
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.max(-1, Math.min(1, samples[i]));
    }
    boolean padded = declared > 0 && declared < decoded;
    return padded ? Arrays.copyOf(samples, (int) declared) : samples;
  }
}

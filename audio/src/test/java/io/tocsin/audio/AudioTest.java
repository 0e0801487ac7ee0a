package io.tocsin.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioTest {

  @TempDir Path folder;

  @Test
  void pcmRoundTripsExactlyAndClips() {
    short[] all = new short[65_536];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) (i - 32_768);
    }
    assertThat(Pcm16.decode(Pcm16.encode(all))).isEqualTo(all);
    assertThat(Pcm16.fromFloats(Pcm16.toFloats(all))).isEqualTo(all);
    assertThat(Pcm16.fromFloats(new float[] {2f, -2f})).containsExactly(32_767, -32_768);
    assertThatThrownBy(() -> Pcm16.decode(ByteBuffer.allocate(3))).hasMessageContaining("3 bytes");
  }

  @Test
  void flacFramesAreLossless() throws Exception {
    Random random = new Random(1);
    short[] noise = new short[16_001];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (short) (random.nextGaussian() * 3000);
    }
    byte[] flac = FlacFrames.encode(noise, 16_000);
    assertThat(FlacFrames.decode(ByteBuffer.wrap(flac), "frame", 16_001)).isEqualTo(noise);
    assertThatThrownBy(
            () ->
                FlacFrames.decode(
                    ByteBuffer.wrap(Arrays.copyOf(flac, flac.length / 2)), "frame 7", 16_001))
        .isInstanceOf(UnreadableAudioException.class)
        .hasMessageContaining("frame 7");
    assertThatThrownBy(() -> FlacFrames.decode(ByteBuffer.wrap(new byte[100]), "frame 8", 16_001))
        .isInstanceOf(UnreadableAudioException.class);
    assertThatThrownBy(() -> FlacFrames.decode(ByteBuffer.wrap(flac), "frame 9", 16_000))
        .isInstanceOf(UnreadableAudioException.class)
        .hasMessageContaining("frame 9")
        .hasMessageContaining("more than 32000 bytes");
  }

  @ParameterizedTest
  @CsvSource({"8,1", "16,1", "16,2", "24,1", "32,4"})
  void wavOfAnyDepthAndChannelsBecomesMono(int bits, int channels) throws Exception {
    float[] tone = tone(440, 8_000, 2_000);
    Path file = wav(tone, 8_000, bits, channels);
    AudioClip clip = AudioFiles.read(file);
    assertThat(clip.sampleRateHertz()).isEqualTo(8_000);
    assertThat(clip.samples()).hasSize(2_000);
    assertThat(errorDecibels(clip.samples(), tone)).isLessThan(bits == 8 ? -35 : -80);
  }

  @Test
  void aTruncatedWavIsAnErrorThatNamesBothLengths() throws Exception {
    byte[] whole = Files.readAllBytes(wav(tone(440, 8_000, 2_000), 8_000, 16, 1));
    Path cut = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(whole, 1_044));
    assertThatThrownBy(() -> AudioFiles.read(cut))
        .isInstanceOf(UnreadableAudioException.class)
        .hasMessageContaining("cut.wav")
        .hasMessageContaining("declares 4000 bytes, the file holds 1000")
        .hasMessageContaining("ffmpeg");
  }

  @Test
  void anUnknownCodecAndAStrangerAreErrorsThatNameThem() throws Exception {
    byte[] mp3InWav = Files.readAllBytes(wav(tone(440, 8_000, 100), 8_000, 16, 1));
    mp3InWav[20] = 0x55;
    Path file = Files.write(folder.resolve("mp3.wav"), mp3InWav);
    assertThatThrownBy(() -> AudioFiles.read(file)).hasMessageContaining("codec 0x0055");
    Path text = Files.writeString(folder.resolve("text.wav"), "hello, this is no sound at all");
    assertThatThrownBy(() -> AudioFiles.read(text)).hasMessageContaining("not a RIFF/WAVE file");
  }

  @ParameterizedTest
  @CsvSource({"44100,16000", "48000,16000", "8000,16000", "22050,16000", "16000,44100"})
  void resamplingKeepsATone(int from, int to) {
    AudioClip resampled = Resampling.resample(new AudioClip(tone(1_000, from, from), from), to);
    assertThat(resampled.samples()).hasSize(to);
    float[] middle = Arrays.copyOfRange(resampled.samples(), to / 4, to * 3 / 4);
    float[] expected = Arrays.copyOfRange(tone(1_000, to, to), to / 4, to * 3 / 4);
    assertThat(errorDecibels(middle, expected)).isLessThan(-40);
  }

  @Test
  void aResampledStreamDoesNotDependOnHowItWasCut() {
    float[] input = tone(1_234, 44_100, 44_100);
    float[] whole = Resampling.resample(new AudioClip(input, 44_100), 16_000).samples();
    Resampling stream = new Resampling(44_100, 16_000);
    Random random = new Random(3);
    float[] pieces = new float[whole.length];
    int at = 0;
    for (int from = 0; from < input.length; ) {
      int to = Math.min(input.length, from + random.nextInt(3_000));
      float[] piece = stream.accept(Arrays.copyOfRange(input, from, to));
      System.arraycopy(piece, 0, pieces, at, piece.length);
      at += piece.length;
      from = to;
    }
    float[] tail = stream.finish();
    System.arraycopy(tail, 0, pieces, at, tail.length);
    assertThat(at + tail.length).isEqualTo(whole.length);
    assertThat(pieces).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({"44100", "48000"})
  void resamplingRemovesWhatWouldAlias(int from) {
    AudioClip resampled =
        Resampling.resample(new AudioClip(tone(10_000, from, from), from), 16_000);
    float[] middle = Arrays.copyOfRange(resampled.samples(), 4_000, 12_000);
    assertThat(Levels.rmsDbfs(middle)).isLessThan(-60);
  }

  @Test
  void levelsAreDbfs() {
    float[] square = new float[100];
    Arrays.fill(square, 0.1f);
    assertThat(Levels.rmsDbfs(square)).isCloseTo(-20, org.assertj.core.api.Assertions.within(1e-4));
    assertThat(Levels.rmsDbfs(new float[10])).isEqualTo(Levels.FLOOR_DBFS);
    assertThat(Levels.rmsDbfs(Pcm16.fromFloats(square)))
        .isCloseTo(-20, org.assertj.core.api.Assertions.within(1e-2));
  }

  private static float[] tone(double hertz, int rate, int count) {
    float[] tone = new float[count];
    for (int i = 0; i < count; i++) {
      tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / rate));
    }
    return tone;
  }

  private static double errorDecibels(float[] is, float[] expected) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(is[i] - expected[i], 2);
      power += Math.pow(expected[i], 2);
    }
    return 10 * Math.log10(error / power);
  }

  private Path wav(float[] mono, int rate, int bits, int channels) throws Exception {
    int bytesPerSample = bits / 8;
    byte[] pcm = new byte[mono.length * channels * bytesPerSample];
    int at = 0;
    for (float sample : mono) {
      long value = Math.round(sample * (Math.pow(2, bits - 1) - 1));
      for (int c = 0; c < channels; c++) {
        for (int b = 0; b < bytesPerSample; b++) {
          pcm[at++] = (byte) (bits == 8 ? value + 128 : value >> (8 * b));
        }
      }
    }
    AudioFormat format = new AudioFormat(rate, bits, channels, bits > 8, false);
    Path file = folder.resolve(bits + "-" + channels + ".wav");
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(pcm), format, mono.length),
        AudioFileFormat.Type.WAVE,
        file.toFile());
    return file;
  }

  /** A quarter of a second of 440 Hz at half of full scale, both channels; one page of audio. */
  private static byte[] tone() throws IOException {
    try (InputStream in = AudioTest.class.getResourceAsStream("/tone-440hz.ogg")) {
      return in.readAllBytes();
    }
  }

  @Test
  void aShortOggFileIsReadWhole(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("tone.ogg"), tone());
    AudioClip clip = AudioFiles.read(file);
    assertThat(clip.sampleRateHertz()).isEqualTo(44_100);
    assertThat(clip.samples()).hasSize(11_025);
    double error = 0;
    for (int i = 0; i < clip.samples().length; i++) {
      double wanted = 0.5 * Math.sin(2 * Math.PI * 440 * i / 44_100.0);
      error += Math.pow(clip.samples()[i] - wanted, 2);
    }
    assertThat(Math.sqrt(error / clip.samples().length)).isLessThan(0.01);
  }

  @Test
  void anOggFileCutShortIsRefusedByName(@TempDir Path folder) throws IOException {
    byte[] whole = tone();
    Path file = Files.write(folder.resolve("cut.ogg"), Arrays.copyOf(whole, whole.length - 200));
    assertThatThrownBy(() -> AudioFiles.read(file))
        .isInstanceOf(UnreadableAudioException.class)
        .hasMessageContaining("cut.ogg")
        .hasMessageContaining("without its end");
  }
}

package io.tocsin.simulator.city;

import io.tocsin.audio.Pcm16;
import io.tocsin.simulator.SceneRenderer;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * What each sensor of a city hears, as WAV files, for what is to be tried with models: every sound
 * delayed by its way to a fraction of a sample, by clocks that are right and over straight paths.
 * Bursts are left out.
 */
public final class CityAudio {

  private static final int SAMPLE_RATE_HERTZ = 16_000;
  private static final int CHUNK_SAMPLES = SAMPLE_RATE_HERTZ;

  private final City city;
  private final SoundLibrary library;
  private final SceneRenderer.Clips clips = new SceneRenderer.Clips();
  private final List<SceneTruth.Sound> sounds = new ArrayList<>();

  private CityAudio(City city, SoundLibrary library) {
    this.city = city;
    this.library = library;
    SplittableRandom chance = city.settings().chance(8);
    for (CityTruth.Sound sound : city.truth().sounds()) {
      if (sound.kind() != CityTruth.Kind.BURST) {
        sounds.add(played(sound, chance));
      }
    }
  }

  /**
   * Writes a file for each sensor, named for it, 16 kHz and 16 bits, as long as the run.
   *
   * @throws IllegalArgumentException if the library has no glass or no cry
   */
  public static void write(City city, SoundLibrary library, Path folder) throws IOException {
    for (Role role : List.of(Role.GLASS, Role.CRY)) {
      if (library.recordings(role).isEmpty()) {
        throw new IllegalArgumentException(
            "the recordings have no " + role + "; give a folder with such with --audio");
      }
    }
    Files.createDirectories(folder);
    CityAudio audio = new CityAudio(city, library);
    for (int i = 0; i < city.truth().sensors().size(); i++) {
      audio.write(i, folder.resolve(city.truth().sensors().get(i).sensorId() + ".wav"));
    }
  }

  private SceneTruth.Sound played(CityTruth.Sound sound, SplittableRandom chance) {
    Role role = sound.label().equals(Labels.GLASS) ? Role.GLASS : Role.CRY;
    List<SoundLibrary.Recording> choice = library.recordings(role);
    return new SceneTruth.Sound(
        sound.incident(),
        role,
        (sound.originMicros() - CitySettings.START_MICROS) / 1e6,
        sound.eastMetres(),
        sound.northMetres(),
        sound.latitudeDegrees(),
        sound.longitudeDegrees(),
        choice.get(chance.nextInt(choice.size())).file().toString());
  }

  private void write(int sensor, Path file) throws IOException {
    CityTruth.Sensor here = city.truth().sensors().get(sensor);
    CityPlane.Point place = new CityPlane.Point(here.eastMetres(), here.northMetres());
    double cutOff = new Propagation(here.audibleRadiusMetres()).cutOffMetres();
    SceneTruth heard =
        new SceneTruth(
            city.settings().seconds(),
            List.of(
                new SceneTruth.SensorTruth(
                    here.sensorId(),
                    here.latitudeDegrees(),
                    here.longitudeDegrees(),
                    here.eastMetres(),
                    here.northMetres())),
            sounds.stream()
                .filter(
                    s ->
                        place.distanceMetres(new CityPlane.Point(s.eastMetres(), s.northMetres()))
                            <= cutOff)
                .toList(),
            List.of());
    SceneRenderer renderer = new SceneRenderer(heard, 0, settings(sensor), library, clips);
    long samples = Math.round(city.settings().seconds() * SAMPLE_RATE_HERTZ);
    AudioFormat format = new AudioFormat(SAMPLE_RATE_HERTZ, 16, 1, true, false);
    try (AudioInputStream stream = new AudioInputStream(new Rendered(renderer), format, samples)) {
      AudioSystem.write(stream, AudioFileFormat.Type.WAVE, file.toFile());
    }
  }

  /** Each sensor has a background of its own. */
  private SceneSettings settings(int sensor) {
    CitySettings settings = city.settings();
    return new SceneSettings(
        settings.seed() * settings.sensors() + sensor,
        city.truth().centreLatitudeDegrees(),
        city.truth().centreLongitudeDegrees(),
        settings.sensors(),
        settings.spacingMetres(),
        settings.audibleRadiusMetres(),
        settings.seconds(),
        0,
        CitySettings.BELIEVED_CELSIUS,
        SAMPLE_RATE_HERTZ);
  }

  /** Rendered as it is read: an hour need not fit into memory. */
  private static final class Rendered extends InputStream {

    private final SceneRenderer renderer;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    Rendered(SceneRenderer renderer) {
      this.renderer = renderer;
    }

    @Override
    public int read() {
      refill();
      return chunk.get() & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      refill();
      int count = Math.min(length, chunk.remaining());
      chunk.get(into, offset, count);
      return count;
    }

    private void refill() {
      if (!chunk.hasRemaining()) {
        chunk = Pcm16.encode(Pcm16.fromFloats(renderer.next(CHUNK_SAMPLES)));
      }
    }
  }
}

package io.tocsin.stack.bench.modes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.TocsinSensor;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.scoring.ScoringPipeline;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.TopicReader;
import io.tocsin.stack.bench.outage.OutageRig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The same recordings through tocsin-sensor in each mode, Kafka and ScoringJob's whole pipeline.
 */
class EdgeModesIT {

  private static final int RATE = 16_000;
  private static final int PARTITIONS = 2;
  private static final Path BUNDLE = Path.of("../models/tocsin-student").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What an embedding's rounding to float16 may change of a probability; of a score as much. */
  private static final double TOLERANCE = 0.005;

  @TempDir private Path folder;

  @Test
  void embeddingsAndTriggersGiveTheDetectionsOfFramesAndNoSoundIsScoredTwice() throws Exception {
    String audio = System.getenv("TOCSIN_AUDIO");
    assumeTrue(
        audio != null && !audio.isBlank(),
        "TOCSIN_AUDIO is not set; set it to a folder of recordings to run this test");
    Path wav = recording(Path.of(audio));
    Instant start = Instant.now().minus(5, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MILLIS);
    try (OutageRig rig = OutageRig.start(PARTITIONS, line -> {})) {
      play(rig, "frames", wav, start, "--encoding=FLAC");
      play(rig, "embeddings", wav, start, "--mode=embeddings", "--bundle=" + BUNDLE);
      play(rig, "triggered", wav, start, "--mode=triggered", "--bundle=" + BUNDLE);
      play(rig, "withheld", wav, start, "--privacy=withhold", "--bundle=" + BUNDLE);
      play(
          rig,
          "kept-in",
          wav,
          start,
          "--privacy=withhold",
          "--bundle=" + BUNDLE,
          "--guard-share=1",
          "--speech-threshold=0.000001");

      List<Detection> all = detections(rig, 4 * 5);
      List<Detection> frames = of(all, "frames");
      assertThat(frames).hasSizeGreaterThan(5);
      assertSame(of(all, "embeddings"), frames);
      assertSame(of(all, "triggered"), frames);
      assertThat(of(all, "embeddings"))
          .allMatch(d -> d.getEvidence().getTopic().equals(Topics.AUDIO_EMBEDDINGS.name()));

      List<AudioFrame> sent = values(rig, Topics.AUDIO_FRAMES);
      List<AudioFrame> evidence = framesOf(sent, "triggered");
      assertThat(framesOf(sent, "embeddings")).isEmpty();
      assertThat(evidence).isNotEmpty().allMatch(AudioFrame::getEvidenceOnly);
      assertThat(evidence).hasSizeLessThan(framesOf(sent, "frames").size());
      for (Detection detection : frames) {
        assertThat(evidence)
            .as("audio around " + detection.getOnsetAt())
            .anyMatch(f -> covers(f, detection.getOnsetAt()));
      }
      assertThat(framesOf(sent, "frames")).noneMatch(AudioFrame::getEvidenceOnly);

      // Nothing is lost: what is kept in is there as silence that says so, each frame in its place.
      List<AudioFrame> kept = framesOf(sent, "kept-in");
      assertThat(kept)
          .extracting(AudioFrame::getSequence)
          .containsExactlyElementsOf(
              framesOf(sent, "frames").stream().map(AudioFrame::getSequence).toList());
      assertThat(kept).anyMatch(f -> f.getPrivacy() == Privacy.WITHHELD);
      assertThat(kept).anyMatch(f -> f.getPrivacy() == Privacy.NONE);

      // What the gate lets out as it is gives the same detections.
      Set<Privacy> untouched = Set.of(Privacy.NONE);
      List<AudioFrame> withheld = framesOf(sent, "withheld");
      for (Detection detection : frames) {
        assertThat(withheld)
            .filteredOn(f -> covers(f, detection.getOnsetAt()))
            .as(detection.getLabel() + " at " + detection.getOnsetAt())
            .allMatch(f -> untouched.contains(f.getPrivacy()))
            .isNotEmpty();
      }
    }
  }

  private static boolean covers(AudioFrame frame, Instant instant) {
    // All frames are a second long, but for the last.
    return !frame.getCapturedAt().isAfter(instant)
        && frame.getCapturedAt().plusSeconds(1).isAfter(instant);
  }

  private static void assertSame(List<Detection> found, List<Detection> frames) {
    assertThat(found).extracting(EdgeModesIT::words).isEqualTo(words(frames));
    for (int i = 0; i < frames.size(); i++) {
      assertThat(found.get(i).getProbability())
          .isCloseTo(frames.get(i).getProbability(), within(TOLERANCE));
      assertThat(found.get(i).getScore())
          .isCloseTo(frames.get(i).getScore(), within((float) TOLERANCE));
    }
  }

  private static List<String> words(List<Detection> detections) {
    return detections.stream().map(EdgeModesIT::words).toList();
  }

  /** All that rounding does not touch. */
  private static String words(Detection d) {
    return "%s %s ±%d µs to %s, %.4f dBFS"
        .formatted(
            d.getLabel(), d.getOnsetAt(), d.getOnsetSigmaMicros(), d.getEndAt(), d.getLevelDbfs());
  }

  private static List<Detection> of(List<Detection> all, String sensor) {
    return all.stream()
        .filter(d -> d.getSensorId().equals(sensor))
        .sorted(Comparator.comparing(Detection::getOnsetAt).thenComparing(Detection::getLabel))
        .toList();
  }

  private static List<AudioFrame> framesOf(List<AudioFrame> all, String sensor) {
    return all.stream()
        .filter(f -> f.getSensorId().equals(sensor))
        .sorted(Comparator.comparing(AudioFrame::getSequence))
        .toList();
  }

  private static <T extends SpecificRecord> List<T> values(OutageRig rig, Topic<T> topic) {
    return new TopicReader(rig.bootstrapServers()).values(topic, rig.registryClient());
  }

  private void play(OutageRig rig, String sensor, Path wav, Instant start, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--sensor-id=" + sensor,
                "--lat=52.5",
                "--lon=13.4",
                "--health=off",
                "--pace=max",
                "--start=" + start,
                "--bootstrap-servers=" + rig.bootstrapServers(),
                "--registry-url=" + rig.registryUrl(),
                "--spool=" + folder.resolve("spool-" + sensor)));
    arguments.addAll(List.of(options));
    arguments.add(wav.toString());
    StringWriter said = new StringWriter();
    int exit =
        new CommandLine(new TocsinSensor())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(said, true))
            .setErr(new PrintWriter(said, true))
            .execute(arguments.toArray(String[]::new));
    assertThat(exit).as(said.toString()).isZero();
  }

  /** Glass, cries, dogs and weather, a second of near silence around each. */
  private Path recording(Path library) throws Exception {
    SoundLibrary sounds = new SoundLibrary(List.of(library), Set.of());
    Random random = new Random(7);
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    int loops = 4;
    for (int i = 0; i < loops; i++) {
      for (SoundLibrary.Role role :
          List.of(
              SoundLibrary.Role.GLASS,
              SoundLibrary.Role.BACKGROUND,
              SoundLibrary.Role.CRY,
              SoundLibrary.Role.DOG)) {
        List<Path> files =
            sounds.recordings(role).stream().map(SoundLibrary.Recording::file).sorted().toList();
        assertThat(files).as("recordings of " + role + " in " + library).isNotEmpty();
        pcm.writeBytes(Pcm16.encode(noise(random, RATE)).array());
        float[] sound = AudioFiles.read(files.get(i * 3 % files.size()), RATE).samples();
        pcm.writeBytes(Pcm16.encode(Pcm16.fromFloats(sound)).array());
      }
    }
    pcm.writeBytes(Pcm16.encode(noise(random, 2 * RATE)).array());
    byte[] bytes = pcm.toByteArray();
    Path wav = folder.resolve("recording.wav");
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(bytes),
            new AudioFormat(RATE, Short.SIZE, 1, true, false),
            bytes.length / Short.BYTES),
        AudioFileFormat.Type.WAVE,
        wav.toFile());
    return wav;
  }

  private static short[] noise(Random random, int samples) {
    short[] noise = new short[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (short) (random.nextGaussian() * 20);
    }
    return noise;
  }

  /** What ScoringJob finds, once it finds no more. */
  private static List<Detection> detections(OutageRig rig, int least) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    ScoringJobSettings settings =
        SettingsFile.read(
            ScoringJobSettings.class,
            "--kafka.bootstrapServers=" + rig.bootstrapServers(),
            "--kafka.registryUrl=" + rig.registryUrl(),
            "--kafka.exactlyOnce=false",
            "--bundle=" + BUNDLE,
            "--callers=1",
            "--silenceFlush=PT5S");
    ScoringPipeline.build(environment, settings, ModelBundle.load(BUNDLE));
    JobClient job = environment.executeAsync("edge-modes");
    try {
      List<Integer> sizes = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(3))
          .until(
              () -> {
                sizes.add(values(rig, Topics.DETECTIONS).size());
                int looks = sizes.size();
                return looks > 3
                    && sizes.get(looks - 1) >= least
                    && sizes.get(looks - 1).equals(sizes.get(looks - 4));
              });
    } finally {
      job.cancel().get();
    }
    assertThat(values(rig, Topics.AUDIO_EMBEDDINGS))
        .extracting(AudioEmbedding::getSensorId)
        .containsOnly("embeddings", "triggered");
    return values(rig, Topics.DETECTIONS);
  }
}

package io.tocsin.stack.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.identity.KnownKeys;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.schema.identity.SensorSigner;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What it costs that sensors sign and readers look. */
@Command(
    name = "signatures",
    mixinStandardHelpOptions = true,
    description =
        "Time of signing a frame and of checking its signature, one thread, without servers.")
final class SignaturesBench implements Callable<Integer> {

  private static final String SENSOR = "bench";
  private static final int DIFFERENT_FRAMES = 64;

  /** 0.1 s, 1 s and 10 s of 16-bit PCM at 16 kHz. */
  private static final List<Integer> FRAME_BYTES = List.of(3_200, 32_000, 320_000);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rounds",
      defaultValue = "40",
      description = "Rounds over 64 different frames, of which the first half only warms up.")
  private int rounds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /**
   * Medians over rounds of one frame's time.
   *
   * @param checksPerSecond of one thread
   */
  record Figures(int frameBytes, double signMicros, double checkMicros, double checksPerSecond) {}

  @Override
  public Integer call() throws IOException, GeneralSecurityException {
    SensorKeyPair pair = SensorKeyPair.generate();
    KnownKeys keys =
        KnownKeys.of(
            new SensorKeys(
                SENSOR,
                List.of(
                    SensorKey.newBuilder()
                        .setPublicKey(ByteBuffer.wrap(pair.publicKey().getEncoded()))
                        .setAddedAt(Instant.EPOCH)
                        .build())));
    SignatureCheck check = new SignatureCheck(SensorKeyMode.REQUIRED, (sensorId, wanted) -> keys);
    List<Figures> all =
        FRAME_BYTES.stream().map(bytes -> measure(bytes, new SensorSigner(pair), check)).toList();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all));
    } else {
      all.forEach(
          f ->
              out.printf(
                  Locale.ROOT,
                  "frame of %d bytes: signed in %.0f µs, checked in %.0f µs (%.0f a second)%n",
                  f.frameBytes(),
                  f.signMicros(),
                  f.checkMicros(),
                  f.checksPerSecond()));
    }
    out.flush();
    return ExitCodes.DONE;
  }

  private Figures measure(int frameBytes, SensorSigner signer, SignatureCheck check) {
    List<byte[]> frames = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < DIFFERENT_FRAMES; i++) {
      byte[] frame = new byte[frameBytes];
      random.nextBytes(frame);
      frames.add(frame);
    }
    byte[] key = SENSOR.getBytes(UTF_8);
    double[] sign = new double[rounds];
    double[] checked = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
      frames.forEach(
          frame -> records.add(new ProducerRecord<>(Topics.AUDIO_FRAMES.name(), SENSOR, frame)));
      sign[round] = microsEach(() -> records.forEach(signer::sign));
      checked[round] =
          microsEach(
              () ->
                  records.forEach(
                      record ->
                          check.require(record.topic(), key, record.value(), record.headers())));
    }
    double checkMicros = medianOfLaterHalf(checked);
    return new Figures(
        frameBytes, medianOfLaterHalf(sign), checkMicros, Math.round(1e6 / checkMicros));
  }

  private static double microsEach(Runnable all) {
    long from = System.nanoTime();
    all.run();
    return (System.nanoTime() - from) / 1e3 / DIFFERENT_FRAMES;
  }

  private static double medianOfLaterHalf(double[] values) {
    double[] later = Arrays.copyOfRange(values, values.length / 2, values.length);
    Arrays.sort(later);
    return later[later.length / 2];
  }
}

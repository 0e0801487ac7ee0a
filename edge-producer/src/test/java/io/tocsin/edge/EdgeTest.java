package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EdgeTest {

  private static final Clock CLOCK = Clock.newBuilder().setUncertaintyMicros(1_000).build();
  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final MockProducer<String, byte[]> kafka =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

  @Test
  void framesAreContiguousHoweverTheSamplesCome() {
    short[] samples = new short[44_100];
    Random random = new Random(5);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) random.nextInt();
    }
    Framer framer = new Framer(1_000_000, 44_100, 4_410);
    List<Framer.Piece> pieces = new ArrayList<>();
    for (int from = 0; from < samples.length; ) {
      int to = Math.min(samples.length, from + 1 + random.nextInt(9_000));
      pieces.addAll(framer.accept(java.util.Arrays.copyOfRange(samples, from, to)));
      from = to;
    }
    pieces.addAll(framer.finish());
    assertThat(pieces).hasSize(10);
    int at = 0;
    for (Framer.Piece piece : pieces) {
      assertThat(piece.capturedAtMicros()).isEqualTo(1_000_000 + at * 1_000_000L / 44_100);
      for (short sample : piece.samples()) {
        assertThat(sample).isEqualTo(samples[at++]);
      }
    }
    assertThat(at).isEqualTo(samples.length);
  }

  @ParameterizedTest
  @CsvSource({"PCM_S16LE", "FLAC"})
  void aLinkRegistersThenSendsNumberedFramesUnderItsKeyWithATrace(AudioEncoding encoding)
      throws Exception {
    FleetProducer fleet = new FleetProducer(kafka, registry, true);
    SensorLink link =
        new SensorLink(
            SensorIdentity.of("s-1", 52.5, 13.4, 400, CLOCK), fleet, "b", 16_000, encoding);
    short[] samples = new short[16_000];
    samples[7] = 1234;
    link.send(samples, 1_777_636_800_000_001L).get();
    link.send(samples, 1_777_636_801_000_001L).get();
    link.heartbeat().get();
    List<ProducerRecord<String, byte[]>> sent = kafka.history();
    assertThat(sent)
        .extracting(ProducerRecord::topic)
        .containsExactly(
            Topics.SENSORS.name(),
            Topics.AUDIO_FRAMES.name(),
            Topics.AUDIO_FRAMES.name(),
            Topics.HEARTBEATS.name());
    assertThat(sent).extracting(ProducerRecord::key).containsOnly("s-1");
    assertThat(sent).allSatisfy(r -> assertThat(r.timestamp()).isNull());
    assertThat(new String(sent.get(1).headers().lastHeader("traceparent").value()))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    AudioFrame second =
        new ConfluentAvroDeserializer<>(registry, AudioFrame.class)
            .deserialize(Topics.AUDIO_FRAMES.name(), sent.get(2).value());
    assertThat(second.getSequence()).isEqualTo(1);
    assertThat(second.getCapturedAt()).isEqualTo("2026-05-01T12:00:01.000001Z");
    short[] decoded =
        encoding == AudioEncoding.FLAC
            ? io.tocsin.audio.FlacFrames.decode(second.getSamples(), "frame", samples.length)
            : Pcm16.decode(second.getSamples());
    assertThat(decoded).isEqualTo(samples);
    Heartbeat heartbeat =
        new ConfluentAvroDeserializer<>(registry, Heartbeat.class)
            .deserialize(Topics.HEARTBEATS.name(), sent.get(3).value());
    assertThat(heartbeat.getFramesSent()).isEqualTo(2);
    assertThat(heartbeat.getSpoolDepth()).isZero();
  }

  @Test
  void coordinatesThatAreNoneAreRefusedWithTheValue() {
    assertThatThrownBy(() -> SensorIdentity.of("s", Double.NaN, 13.4, 400, CLOCK))
        .hasMessageContaining("latitudeDegrees is NaN");
    assertThatThrownBy(() -> SensorIdentity.of("s", 52, 200, 400, CLOCK))
        .hasMessageContaining("longitudeDegrees is 200");
  }

  @ParameterizedTest
  @CsvSource({
    "--lat=NaN --lon=1 x.wav, latitudeDegrees is NaN",
    "--lat=1 --lon=1 --frame-millis=5 x.wav, --frame-millis is 5",
    "--lat=1 --lon=1 --rate=none x.wav, none",
    "--lat=1 --lon=1 --altitude=NaN x.wav, --altitude is NaN",
    "--lat=1 --lon=1 --accuracy=-3 x.wav, --accuracy is -3.0",
    "--lat=1 --lon=1 --kafka=compression.type=lz4 x.wav, compression.type is lz4; none or gzip",
    "--lat=1 --lon=1 --spool-max-size=1MiB x.wav, maximum size is 1048576 B; at least two segments",
    "--lat=1 --lon=1 --spool-max-age=soon x.wav, --spool-max-age: 'soon' is no duration",
    "--lat=1 --lon=1 --drain-rate=1 x.wav, drain rate is 1 B/s; at least 1 KiB/s",
    "--lat=1 --lon=1 --mode=embeddings --bundle=nowhere --drain-order=newest_first x.wav, embeddings are scored in order",
    "--lat=1 --lon=1 --privacy=blur --frame-millis=200 x.wav, --frame-millis is 200",
    "--lat=1 --lon=1 --pre-roll=2m x.wav, --pre-roll is PT2M; 0s to 60s",
    "--lat=1 --lon=1 --trigger=cry=1.5 x.wav, --trigger cry is 1.5",
    "--lat=1 --lon=1 no-such-file.wav, no-such-file.wav does not exist",
    "--lat=1, Missing required option: '--lon",
    "check --lat=NaN --lon=1, latitudeDegrees is NaN",
    "--lat=NaN --lon=1 check, latitudeDegrees is NaN",
    "check --lat=1, Missing required option: '--lon",
    "check --lat=1 --lon=1 --privacy=blur --frame-millis=200, --frame-millis is 200",
    "check --lat=1 --lon=1 --listen-seconds=0, --listen-seconds is 0; 1 to 60",
    "--lat=1 --lon=1, INPUT"
  })
  void aWrongCommandLineIsExitCode2AndSaysWhy(String arguments, String expected) {
    StringWriter errors = new StringWriter();
    CommandLine command =
        new CommandLine(new TocsinSensor())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setErr(new PrintWriter(errors, true));
    int exit = command.execute(("--sensor-id=s " + arguments).split(" "));
    assertThat(exit).isEqualTo(2);
    assertThat(errors.toString()).contains(expected);
  }

  @Test
  void altitudeAndAccuracyAreRegisteredWhereGivenAndLeftOpenWhereNot() {
    assertThat(placeFrom("--altitude=34.5", "--accuracy=0"))
        .isEqualTo(new Place(52.5, 13.4, 34.5, 0.0));
    assertThat(placeFrom()).isEqualTo(new Place(52.5, 13.4, null, null));
  }

  private static Place placeFrom(String... flags) {
    TocsinSensor sensor = new TocsinSensor();
    List<String> arguments = new ArrayList<>(List.of(flags));
    arguments.addAll(List.of("--sensor-id=s", "--lat=52.5", "--lon=13.4", "x.wav"));
    new CommandLine(sensor).parseArgs(arguments.toArray(String[]::new));
    return sensor.identity().sensor().getPlace();
  }

  @Test
  void aRegistrationThatKafkaDoesNotTakeIsNoDroppedFrame() {
    MockProducer<String, byte[]> refusing =
        new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    SensorLink link =
        new SensorLink(
            SensorIdentity.of("s-1", 52.5, 13.4, 400, CLOCK),
            new FleetProducer(refusing, registry, true),
            "b",
            16_000,
            AudioEncoding.PCM_S16LE);
    var first = link.send(new short[1_600], 1_777_636_800_000_000L);
    var second = link.send(new short[1_600], 1_777_636_800_100_000L);
    refusing.errorNext(new TimeoutException("no registration"));
    assertThat(link.registration()).isCompletedExceptionally();
    assertThat(link.framesDropped()).isZero();
    refusing.errorNext(new TimeoutException("no frame"));
    refusing.completeNext();
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompleted();
    assertThat(link.framesDropped()).isEqualTo(1);
    assertThat(link.framesAcknowledged()).isEqualTo(1);
  }

  @Test
  void settingsThatOrderAndSafetyRestOnAreNotTheUsersToChange() {
    Map<String, Object> settings =
        FleetProducer.settings(
            "broker:9092",
            Map.of(
                "acks", "1",
                "enable.idempotence", "false",
                "max.in.flight.requests.per.connection", "5",
                "security.protocol", "SSL"));
    assertThat(settings)
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", "true")
        .containsEntry("max.in.flight.requests.per.connection", "1")
        .containsEntry("security.protocol", "SSL");
  }

  @Test
  void compressionIsOneThatEveryClientReads() {
    assertThat(FleetProducer.settings("b:1", Map.of())).containsEntry("compression.type", "none");
    assertThat(FleetProducer.settings("b:1", Map.of("compression.type", "gzip")))
        .containsEntry("compression.type", "gzip");
    for (String unread : List.of("lz4", "snappy", "zstd")) {
      assertThatThrownBy(() -> FleetProducer.settings("b:1", Map.of("compression.type", unread)))
          .hasMessage(
              "compression.type is " + unread + "; none or gzip, which every Kafka client reads");
    }
  }

  @Test
  void pcmOnStandardInputIsMixedToMono() throws Exception {
    byte[] stereo = {0, 64, 0, 0, 0, 0, 0, -64, 5};
    PcmStream stream = new PcmStream(new java.io.ByteArrayInputStream(stereo), 2);
    assertThat(stream.read(10)).containsExactly(0.25f, -0.25f);
    assertThat(stream.read(10)).isNull();
  }
}

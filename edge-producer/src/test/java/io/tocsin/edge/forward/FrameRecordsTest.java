package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.edge.FrameCoder;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ModelRef;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameRecordsTest {

  @TempDir private Path folder;

  private static AudioFrame frame() {
    SensorIdentity identity =
        SensorIdentity.of(
            "s", 52.5, 13.4, 400, Clock.newBuilder().setUncertaintyMicros(1_000).build());
    return new FrameCoder(identity, "boot-1", 16_000, AudioEncoding.PCM_S16LE)
        .frame(new short[1_600], 1_777_636_800_000_001L);
  }

  @Test
  void aFrameComesBackAsItWas() throws Exception {
    FrameRecords records = FrameRecords.open(folder);
    assertThat(FrameRecords.open(folder).decode(records.encode(frame()))).isEqualTo(frame());
  }

  @Test
  void anEmbeddingIsToldFromAFrame() throws Exception {
    AudioEmbedding embedding =
        AudioEmbedding.newBuilder()
            .setSensorId("s")
            .setBootId("boot-1")
            .setSequence(3)
            .setCapturedAt(Instant.parse("2026-05-01T12:00:00.000123Z"))
            .setClock(Clock.newBuilder().setUncertaintyMicros(1_000).build())
            .setWindowMicros(975_000)
            .setModel(new ModelRef("m", "1", "digest"))
            .setVector(ByteBuffer.wrap(new byte[] {1, 2}))
            .setLevelDbfs(-30)
            .build();
    FrameRecords records = FrameRecords.open(folder);
    byte[] frame = records.encode(frame());
    byte[] other = records.encode(embedding);
    FrameRecords later = FrameRecords.open(folder);
    assertThat(later.decode(other)).isEqualTo(embedding);
    assertThat(later.decode(frame)).isEqualTo(frame());
  }

  @Test
  void whatAnEarlierVersionStoredIsReadByItsSchemaInTheFolder() throws Exception {
    // That version had a field more, and no name for it is left in this one.
    Schema current = AudioFrame.getClassSchema();
    Schema earlier =
        new Schema.Parser()
            .parse(
                current
                    .toString()
                    .replaceFirst(
                        "\"fields\":\\[",
                        "\"fields\":[{\"name\":\"old\",\"type\":\"int\",\"default\":0},"));
    GenericRecord stored = new GenericData.Record(earlier);
    GenericRecord now = generic(frame(), current);
    current.getFields().forEach(f -> stored.put(f.name(), now.get(f.name())));
    stored.put("old", 7);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0xC3, 0x01});
    bytes.writeBytes(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(SchemaNormalization.parsingFingerprint64(earlier))
            .array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(earlier).write(stored, encoder);
    encoder.flush();

    assertThatThrownBy(() -> FrameRecords.open(folder).decode(bytes.toByteArray()))
        .isInstanceOf(SerializationException.class);
    Files.writeString(folder.resolve("earlier.avsc"), earlier.toString());
    assertThat(FrameRecords.open(folder).decode(bytes.toByteArray())).isEqualTo(frame());
  }

  private static GenericRecord generic(AudioFrame frame, Schema schema) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(FrameRecords.open(Files.createTempDirectory("schemas")).encode(frame));
    byte[] all = bytes.toByteArray();
    int header = 10;
    return new org.apache.avro.generic.GenericDatumReader<GenericRecord>(schema)
        .read(
            null,
            org.apache.avro.io.DecoderFactory.get()
                .binaryDecoder(all, header, all.length - header, null));
  }

  @Test
  void bytesThatAreNoFrameAreRefusedAsSuch() throws Exception {
    FrameRecords records = FrameRecords.open(folder);
    assertThatThrownBy(() -> records.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("no frame");
  }
}

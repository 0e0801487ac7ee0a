import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import avro from 'avsc'
import { UndecodableError, decode } from '../connection.js'
import { RisingRevisions } from '../revisions.js'
import { framesOf, readWav } from '../wav.js'

const CONTRACTS = new URL('../../../schemas/src/main/avro/', import.meta.url)

/** A type of the contracts; those it names lie in files of their own and are read on demand. */
function contract(name) {
  const files = ['', 'common/'].flatMap(folder =>
    readdirSync(new URL(folder || '.', CONTRACTS))
      .filter(file => file.endsWith('.avsc')).map(file => [file.slice(0, -5), folder + file]))
  const fileOf = new Map(files)
  const registry = {}
  const parse = simple => avro.Type.forSchema(
    JSON.parse(readFileSync(new URL(fileOf.get(simple), CONTRACTS))),
    {
      registry,
      typeHook: (schema, { registry }) => {
        const short = typeof schema === 'string' && schema.startsWith('io.tocsin.')
          ? schema.split('.').at(-1) : undefined
        return short && !registry[schema] ? parse(short) : undefined
      },
    })
  return parse(name)
}

function wavOf(rate, samples, { channels = 1, extra = Buffer.alloc(0) } = {}) {
  const chunk = (name, body) => {
    const head = Buffer.alloc(8)
    head.write(name, 'latin1')
    head.writeUInt32LE(body.length, 4)
    return Buffer.concat([head, body, Buffer.alloc(body.length & 1)])
  }
  const format = Buffer.alloc(16)
  format.writeUInt16LE(1, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt16LE(16, 14)
  return Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'),
    chunk('LIST', extra), chunk('fmt ', format), chunk('data', samples),
  ])
}

test('a WAV file gives its rate and samples, whatever chunks come before them', () => {
  const samples = Buffer.from([1, 2, 3, 4])
  const recording = readWav(wavOf(8000, samples, { extra: Buffer.alloc(3) }))
  assert.deepEqual(recording, { sampleRateHertz: 8000, samples, seconds: 2 / 8000 })
})

test('a stereo file is refused with the way to convert it', () => {
  assert.throws(() => readWav(wavOf(8000, Buffer.alloc(4), { channels: 2 })), /2 channel.*ffmpeg/)
})

test('what is no WAV file is refused', () => {
  assert.throws(() => readWav(Buffer.from('ID3 something')), /not a WAV file/)
})

test('frames hold all samples once, and their times do not drift', () => {
  const samples = Buffer.from(Array.from({ length: 2 * 44_100 * 2 + 20 }, (_, i) => i % 251))
  const frames = framesOf({ sampleRateHertz: 44_100, samples }, { startMicros: 5, frameMillis: 300 })
  assert.deepEqual(Buffer.concat(frames.map(frame => frame.samples)), samples)
  assert.deepEqual(frames.map(frame => frame.sequence), [0, 1, 2, 3, 4, 5, 6])
  assert.deepEqual(frames.map(frame => frame.capturedAt),
    [0, 1, 2, 3, 4, 5, 6].map(i => 5 + i * 300_000))
  assert.equal(frames.at(-1).endsAt, 5 + Math.floor((2 * 44_100 + 10) * 1e6 / 44_100))
})

test('only a rising revision is news', () => {
  const seen = new RisingRevisions()
  assert.deepEqual(
    [['a', 0], ['a', 0], ['b', 3], ['a', 2], ['a', 1]].map(([id, rev]) => seen.accept(id, rev)),
    [true, false, true, true, false])
})

test('of more ids than it may hold, the longest unchanged is forgotten', () => {
  const seen = new RisingRevisions(2)
  for (const id of ['a', 'b', 'c']) seen.accept(id, 1)
  assert.equal(seen.accept('c', 1), false)
  assert.equal(seen.accept('a', 1), true)
})

test('what publish-frames sends fits the contracts', () => {
  const startMicros = Date.parse('2026-05-01T12:00:00Z') * 1000
  const [{ endsAt, ...frame }] = framesOf(
    { sampleRateHertz: 16_000, samples: Buffer.from([1, 2, 3, 4]) },
    { startMicros, frameMillis: 1000 })
  const sent = {
    sensorId: 's-1', bootId: 'b', clock: { source: 'NTP', uncertaintyMicros: 10_000 },
    sampleRateHertz: 16_000, encoding: 'PCM_S16LE', ...frame,
  }
  const type = contract('AudioFrame')
  assert.equal(type.fromBuffer(type.toBuffer(sent)).capturedAt, startMicros)
  assert.equal(contract('Sensor').isValid({
    sensorId: 's-1', place: { latitudeDegrees: 52.5, longitudeDegrees: 13.4 },
    audibleRadiusMetres: 400, firmware: 'x', registeredAt: startMicros,
  }), true)
})

test('a value is decoded by the schema that its prefix names', async () => {
  const type = contract('Sensor')
  const value = type.toBuffer({
    sensorId: 's-1', place: { latitudeDegrees: 52.5, longitudeDegrees: 13.4 },
    audibleRadiusMetres: 400, firmware: '', registeredAt: 7,
  })
  const asked = []
  const registry = { getSchema: async id => (asked.push(id), type) }
  const read = await decode(registry, Buffer.concat([Buffer.from([0, 0, 0, 1, 2]), value]))
  assert.deepEqual([asked, read.sensorId, read.registeredAt], [[258], 's-1', 7])
})

test('a poisoned value is told apart from a registry that is away', async () => {
  const value = Buffer.from([0, 0, 0, 0, 9, 1])
  const refusing = status => ({
    getSchema: async () => { throw Object.assign(new Error('refused'), { status }) },
  })
  await assert.rejects(decode(refusing(404), value), UndecodableError)
  await assert.rejects(decode(refusing(503), value), e => !(e instanceof UndecodableError))
  await assert.rejects(decode(refusing(404), Buffer.from('{"a":1}')), /Confluent prefix/)
  const cut = { getSchema: async () => contract('Sensor') }
  await assert.rejects(decode(cut, value), UndecodableError)
})

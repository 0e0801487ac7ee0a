#!/usr/bin/env node
// Registers a sensor and publishes a WAV file (16-bit PCM, mono) as its audio.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import kafkajs from 'kafkajs'
import { CONNECTION_FLAGS, connect, encoderOf } from './connection.js'
import { framesOf, readWav } from './wav.js'

const SENSORS = 'tocsin.sensors.v1'
const AUDIO_FRAMES = 'tocsin.audio-frames.v1'

function numberOf(flags, name, least, most) {
  const value = Number(flags[name] ?? NaN)
  if (!(value >= least && value <= most)) {
    throw new Error(`--${name} is ${flags[name]}; give a number from ${least} to ${most}`)
  }
  return value
}

function idOf(flags) {
  const id = flags['sensor-id'] ?? ''
  if (/^[A-Za-z0-9._:-]{1,128}$/.test(id)) return id
  throw new Error(`--sensor-id is '${id}'; give 1 to 128 letters, digits and . _ : -`)
}

async function publish() {
  const { values: flags, positionals: [wav] } = parseArgs({
    allowPositionals: true,
    options: {
      ...CONNECTION_FLAGS,
      'sensor-id': { type: 'string' },
      lat: { type: 'string' }, // Degrees WGS 84; west and south need the form --lon=-0.12.
      lon: { type: 'string' },
      'frame-millis': { type: 'string', default: '1000' },
      fast: { type: 'boolean', default: false }, // All at once, not at the pace of the audio.
    },
  })
  if (wav === undefined) throw new Error('no WAV file is named; give one after the flags')
  const sensorId = idOf(flags)
  const recording = readWav(await readFile(wav))
  // Audio that is sent at once ends now, because nothing is captured in the future.
  const startMicros = 1000 * (Date.now() - (flags.fast ? Math.ceil(recording.seconds * 1000) : 0))
  const sensor = {
    sensorId,
    place: {
      latitudeDegrees: numberOf(flags, 'lat', -90, 90),
      longitudeDegrees: numberOf(flags, 'lon', -180, 180),
    },
    audibleRadiusMetres: 400,
    firmware: 'tocsin-examples-node',
    registeredAt: Date.now() * 1000,
  }
  const frameMillis = numberOf(flags, 'frame-millis', 100, 10_000)
  const frames = framesOf(recording, { startMicros, frameMillis })

  const { kafka, registry } = connect(flags, sensorId)
  const encodeSensor = await encoderOf(registry, SENSORS)
  const encodeFrame = await encoderOf(registry, AUDIO_FRAMES)
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    // The sensor's id is the key of all it sends, which keeps its frames in order.
    const send = (topic, value) =>
      producer.send({ topic, messages: [{ key: sensorId, value }] })
    await send(SENSORS, await encodeSensor(sensor))
    const source = {
      sensorId,
      bootId: randomUUID(),
      clock: { source: 'NTP', uncertaintyMicros: 10_000 },
      sampleRateHertz: recording.sampleRateHertz,
      encoding: 'PCM_S16LE',
    }
    for (const { endsAt, ...frame } of frames) {
      // A frame exists only once its last sample was captured.
      if (!flags.fast) await sleep(Math.max(0, endsAt / 1000 - Date.now()))
      await send(AUDIO_FRAMES, await encodeFrame({ ...source, ...frame }))
    }
    console.log(`${sensorId}: ${frames.length} frames published to ${AUDIO_FRAMES}`)
  } finally {
    await producer.disconnect()
  }
}

try {
  await publish()
} catch (e) {
  console.error(`publish-frames: ${e.message}`)
  process.exitCode = 1
}

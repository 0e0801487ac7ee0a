const PCM = 1
const EXTENSIBLE = 0xfffe // The true coding then leads the sub-format, 24 bytes into the chunk.

/**
 * Reads a WAV file of 16-bit PCM, mono.
 *
 * @param {Buffer} file the whole file
 * @returns {{sampleRateHertz: number, samples: Buffer, seconds: number}} samples as 16-bit little-endian
 */
export function readWav(file) {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file: it does not begin with RIFF and WAVE')
  }
  let format
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const bytes = file.readUInt32LE(at + 4)
    const body = file.subarray(at + 8, at + 8 + bytes)
    if (name === 'fmt ') format = readFormat(body)
    if (name === 'data' && format) {
      const samples = body.subarray(0, body.length & ~1)
      return { sampleRateHertz: format.rate, samples, seconds: samples.length / 2 / format.rate }
    }
    at += 8 + bytes + (bytes & 1) // Chunks begin at even offsets.
  }
  throw new Error(`WAV file without a ${format ? 'data' : 'fmt'} chunk`)
}

function readFormat(body) {
  const tag = body.readUInt16LE(0)
  const coding = tag === EXTENSIBLE ? body.readUInt16LE(24) : tag
  const [channels, rate, bits] = [body.readUInt16LE(2), body.readUInt32LE(4), body.readUInt16LE(14)]
  if (coding !== PCM || channels !== 1 || bits !== 16) {
    throw new Error(
      `WAV file of coding ${coding}, ${channels} channel(s), ${bits} bits; ` +
        'convert it to 16-bit PCM, mono: ffmpeg -i IN -ac 1 -ar 16000 -c:a pcm_s16le OUT.wav')
  }
  return { rate }
}

/**
 * Cuts a recording into frames of equal length, the last one shorter. Capture times count samples
 * from the start, so that they do not drift.
 *
 * @param {{sampleRateHertz: number, samples: Buffer}} recording 16-bit PCM, mono
 * @param {{startMicros: number, frameMillis: number}} cut
 * @returns {Array<{sequence: number, capturedAt: number, endsAt: number, samples: Buffer}>}
 *     instants in microseconds since the epoch
 */
export function framesOf({ sampleRateHertz, samples }, { startMicros, frameMillis }) {
  const total = samples.length / 2
  const perFrame = Math.round((sampleRateHertz * frameMillis) / 1000)
  const instantOf = sample => startMicros + Math.floor((sample * 1e6) / sampleRateHertz)
  return Array.from({ length: Math.ceil(total / perFrame) }, (_, sequence) => {
    const from = sequence * perFrame
    const to = Math.min(total, from + perFrame)
    return {
      sequence,
      capturedAt: instantOf(from),
      endsAt: instantOf(to),
      samples: samples.subarray(from * 2, to * 2),
    }
  })
}

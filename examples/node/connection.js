// Kafka and the schema registry as every client of Tocsin uses them.
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import kafkajs from 'kafkajs'

const { Kafka, logLevel } = kafkajs

const MAGIC = 0
const PREFIX_BYTES = 5 // The magic byte and a schema id, 32 bits big-endian.
const NOT_FOUND = 404

const { TOCSIN_KAFKA_PORT = '9092', TOCSIN_REGISTRY_PORT = '8081' } = process.env

/** The flags that say where Kafka and the registry are, for util.parseArgs. */
export const CONNECTION_FLAGS = {
  'bootstrap-servers': { type: 'string', default: `127.0.0.1:${TOCSIN_KAFKA_PORT}` },
  'registry-url': {
    type: 'string',
    default: `http://127.0.0.1:${TOCSIN_REGISTRY_PORT}/apis/ccompat/v7`,
  },
}

/** Connects with the values of CONNECTION_FLAGS; nothing is sent before the first use. */
export function connect(flags, clientId) {
  return {
    kafka: new Kafka({
      clientId,
      brokers: flags['bootstrap-servers'].split(','),
      logLevel: logLevel.WARN,
      logCreator: () => ({ level, label, log }) =>
        console.error(`${label} ${log.message} ${log.error ?? ''}`.trim()),
    }),
    registry: new SchemaRegistry({ host: flags['registry-url'] }),
  }
}

/** The id of the newest schema that the registry holds for a topic's values. */
export async function latestSchemaId(registry, topic) {
  const subject = `${topic}-value`
  return registry.getLatestSchemaId(subject).catch(cause => {
    throw new Error(
      `the registry gives no schema of subject ${subject} (${cause.message}); ` +
        'register the schemas first, or check --registry-url', { cause })
  })
}

/**
 * An encoder of a topic's values, with the newest schema that the registry holds for the topic.
 * It throws where a value does not fit the schema, and names the field.
 */
export async function encoderOf(registry, topic) {
  const id = await latestSchemaId(registry, topic)
  return value => registry.encode(id, value)
}

/**
 * Decodes a record's value with the schema it was written with. Instants are numbers of
 * microseconds since the epoch, exact in a double until the year 2255.
 *
 * @throws {UndecodableError} when the bytes are to blame; any other error is worth another try
 */
export async function decode(registry, bytes) {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== MAGIC) {
    throw new UndecodableError(`${bytes.length} bytes without the Confluent prefix`)
  }
  const id = bytes.readInt32BE(1)
  const schema = await registry.getSchema(id).catch(cause => {
    throw cause.status === NOT_FOUND
      ? new UndecodableError(`the registry does not know schema id ${id}`)
      : cause
  })
  try {
    return schema.fromBuffer(bytes.subarray(PREFIX_BYTES))
  } catch (cause) {
    throw new UndecodableError(`not a record of schema id ${id}: ${cause.message}`)
  }
}

/** The bytes of a record are no value of its topic, and trying again will not help. */
export class UndecodableError extends Error {}

#!/usr/bin/env node
// Prints alerts and detections, one JSON line each, from the topics' beginning on.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import {
  CONNECTION_FLAGS, UndecodableError, connect, decode, latestSchemaId,
} from './connection.js'
import { RisingRevisions } from './revisions.js'

const DISTRESS_ALERTS = 'tocsin.distress-alerts.v1'
const DETECTIONS = 'tocsin.detections.v1'
const LONGEST_POLL_MILLIS = 500 // How long leaving may take; records are handed over at once.

const { values: flags } = parseArgs({
  options: {
    ...CONNECTION_FLAGS,
    group: { type: 'string' }, // A group resumes where it left off; without one, all is read.
    'until-alerts': { type: 'string' }, // Ends after that many different alerts.
    'timeout-seconds': { type: 'string' }, // Ends then; fails if --until-alerts was not reached.
  },
})

function limit(flag) {
  if (flags[flag] === undefined) return Infinity
  const value = Number(flags[flag])
  if (!(value > 0)) throw new Error(`--${flag} is ${flags[flag]}; give a number above 0`)
  return value
}

async function read() {
  const untilAlerts = limit('until-alerts')
  const timeoutSeconds = limit('timeout-seconds')
  const { kafka, registry } = connect(flags, 'read-alerts')
  // With a wrong address every record would seem to be of an unknown schema.
  await latestSchemaId(registry, DISTRESS_ALERTS)
  const consumer = kafka.consumer({
    groupId: flags.group ?? `read-alerts-${randomUUID()}`,
    maxWaitTimeInMs: LONGEST_POLL_MILLIS,
  })
  const alerts = new RisingRevisions()
  const detections = new RisingRevisions()
  const alertIds = new Set()

  const ended = new Promise((resolve, reject) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
    if (timeoutSeconds < Infinity) setTimeout(resolve, timeoutSeconds * 1000).unref()
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error)
    })

    const print = (topic, record) => {
      const news = topic === DISTRESS_ALERTS
        ? alerts.accept(record.alertId, record.revision)
        : detections.accept(record.detectionId, 0)
      if (!news || alertIds.size >= untilAlerts) return
      console.log(JSON.stringify({ topic, ...record }))
      if (topic === DISTRESS_ALERTS && untilAlerts < Infinity) alertIds.add(record.alertId)
      if (alertIds.size >= untilAlerts) resolve()
    }

    const run = async () => {
      await consumer.connect()
      await consumer.subscribe({ topics: [DISTRESS_ALERTS, DETECTIONS], fromBeginning: true })
      await consumer.run({
        eachMessage: async ({ topic, partition, message }) => {
          if (message.value === null) return // A tombstone: the id is gone from a compacted topic.
          try {
            print(topic, await decode(registry, message.value))
          } catch (e) {
            // Anything else, such as a registry that is away, kafkajs tries again.
            if (!(e instanceof UndecodableError)) throw e
            console.error(`${topic} ${partition}@${message.offset} skipped: ${e.message}`)
          }
        },
      })
    }
    run().catch(reject)
  })

  try {
    await ended
  } finally {
    await consumer.disconnect()
  }
  if (untilAlerts < Infinity && alertIds.size < untilAlerts) {
    throw new Error(
      `${alertIds.size} of ${untilAlerts} alerts came before the end; ` +
        'check that the jobs run, or raise --timeout-seconds')
  }
}

try {
  await read()
} catch (e) {
  console.error(`read-alerts: ${e.message}`)
  process.exitCode = 1
}

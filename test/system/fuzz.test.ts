import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seeded } from '../support/history.ts'
import { anItem } from '../support/items.ts'
import { malformedBodies, malformedEnvelope } from '../support/malformed.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'
import type { ItemOutcome } from '../../core/contract/events.ts'

const ENVELOPES = 20_000
const BATCH = 100

let world: ServerWorld
let key: Caller
beforeAll(async () => {
  world = await serverWorld()
  key = await world.addKey('00')
})
afterAll(() => world?.stop())

// Whatever can be collected is no leak, and whether it has been yet is the collector's affair.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const inUse = (): number => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const post = (body: string | Uint8Array, type = 'application/json') => world.call(key, 'POST', '/api/v1/events', body, { 'content-type': type })

test(`${ENVELOPES} malformed envelopes: each refused with its reason, none a fault of ours, the sound one among them taken, memory flat`, async () => {
  const random = seeded(20_260)
  const memory: number[] = []
  const held = async () => (await world.pool.query('select count(*)::int as n from quarantine')).rows[0].n as number
  const before = await held()
  const codes = new Map<string, number>()
  for (let from = 0; from < ENVELOPES; from += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, index) => malformedEnvelope(random, from + index))
    texts.push(JSON.stringify(anItem({ event_id: `sound-${from}`, ticket_id: `S${from}` })))
    const answer = await post(`[${texts.join(',')}]`)
    expect(answer.status).toBe(202)
    const items = answer.body.items as ItemOutcome[]
    items.slice(0, BATCH).forEach((item, index) => {
      if (item.outcome !== 'refused') throw new Error(`taken in, though malformed: ${texts[index]?.slice(0, 400)}`)
      for (const part of [item.code, item.field, item.expected, item.mend]) expect(part).toMatch(/\S/)
      codes.set(item.code as string, (codes.get(item.code as string) ?? 0) + 1)
    })
    expect(items.at(-1)?.outcome).toBe('accepted')
    if ((from / BATCH) % 20 === 19) memory.push(inUse())
  }
  expect(codes.size).toBeGreaterThan(12)
  expect((await held()) - before).toBe(ENVELOPES)
  const early = memory[2] as number
  const late = Math.max(...memory.slice(-2))
  console.info(`memory after ${BATCH * 60} and after ${ENVELOPES} envelopes: ${(early / 1e6).toFixed(0)} and ${(late / 1e6).toFixed(0)} MB; refused by ${codes.size} reasons`)
  expect(late - early).toBeLessThan(40e6)
})

test.each(malformedBodies())('a body of $what is the client’s fault, and said to be', async ({ body, type }) => {
  const answer = await post(body, type)
  // Either the whole body is refused, or it is a batch of which each item is.
  if (answer.status === 202) expect((answer.body.items as ItemOutcome[]).map(({ outcome }) => outcome)).toEqual(answer.body.items.map(() => 'refused'))
  else expect([400, 413, 415]).toContain(answer.status)
  expect(answer.text.length).toBeGreaterThan(20)
  expect((await post(JSON.stringify([anItem({ event_id: `after ${type} ${body.length}`, ticket_id: 'AFTER' })]))).status).toBe(202)
})

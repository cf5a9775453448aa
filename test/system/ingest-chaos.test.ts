import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recount } from '../../bin/recount.ts'
import type { ItemOutcome } from '../../core/contract/events.ts'
import { DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { hasDifferences } from '../../core/store/difference-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { breakItems, type BrokenItem, generateHistory, type Item, seeded, shuffled } from '../support/history.ts'

const EVENTS = 10_000
const NOW = at('2026-06-20 00:00')
const KILLS = 5
const WORKERS = 2
const WORKER = path.resolve(import.meta.dirname, '../support/ingest-worker.ts')
const random = seeded(20_260_620)

let orderly: EngineWorld
let chaotic: EngineWorld
let history: Item[]
let broken: BrokenItem[]
let answers: { readonly sent: unknown; readonly outcome: ItemOutcome }[]
let kills = 0
const children = new Set<ChildProcess>()

const take = (world: EngineWorld, items: readonly unknown[]) => acceptEvents(world.engine, items, { source: 'test', scope: ENGINE_SCOPE, now: NOW })
const waiting = async (world: EngineWorld) => Number((await world.pool.query('select (select count(*) from pending_event) + (select count(*) from kin_check) + (select count(*) from peer_check) as n')).rows[0].n)

async function runOrderly(): Promise<void> {
  const clock = new ManualClock(NOW)
  for (let i = 0; i < history.length; i += 500) {
    expect((await take(orderly, history.slice(i, i + 500))).refused).toBe(0)
    await drainIngest(orderly.engine, clock)
  }
  await runTimers(orderly.engine, NOW)
  await runTally(orderly.engine, NOW)
}

/** Keeps `WORKERS` processes alive, and kills one in the middle of its work five times over the whole of it. */
function startWorkers(): { stop(): Promise<void> } {
  let isOver = false
  let folded = 0
  const start = () => {
    const child = fork(WORKER, [chaotic.database.url, String(NOW), '60', chaotic.engine.secret], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    children.add(child)
    child.on('message', (events) => {
      folded += Number(events)
      // It has just begun the next batch.
      if (kills < KILLS && folded > ((kills + 0.5) * EVENTS) / (KILLS + 1)) {
        kills += 1
        setTimeout(() => child.kill('SIGKILL'), random() * 15)
      }
    })
    child.on('exit', (_code, signal) => {
      children.delete(child)
      if (!isOver && signal === 'SIGKILL') start()
    })
  }
  for (let i = 0; i < WORKERS; i++) start()
  return {
    async stop() {
      isOver = true
      for (const child of children) child.kill('SIGKILL')
      while (children.size > 0) await sleep(10)
    },
  }
}

/** Random order, random batches, a fifth of it twice, broken items between. */
async function runChaotic(): Promise<void> {
  const repeated = history.filter(() => random() < 0.2)
  broken = breakItems(
    history.filter(() => random() < 0.03),
    random,
  )
  const queue = shuffled([...history, ...repeated, ...broken.map(({ item }) => item)], random)
  const workers = startWorkers()
  answers = []
  const post = async () => {
    while (queue.length > 0) {
      const batch = queue.splice(0, 1 + Math.floor(random() * 400))
      const { items } = await take(chaotic, batch)
      for (const outcome of items) answers.push({ sent: batch[outcome.index], outcome })
      // No faster than the workers fold, so that events of one ticket arrive in many of their batches.
      while ((await waiting(chaotic)) > 1_500) await sleep(20)
    }
  }
  await Promise.all([post(), post()])
  while ((await waiting(chaotic)) > 0) await sleep(50)
  await workers.stop()
  // The database may not have noticed yet that a killed tally is dead; until then its lock is held.
  for (; await hasDifferences(chaotic.pool); await sleep(50)) await runTally(chaotic.engine, NOW)
}

beforeAll(async () => {
  const clock = new ManualClock(NOW)
  ;[orderly, chaotic] = [await engineWorld(clock), await engineWorld(clock)]
  for (const { pool } of [orderly, chaotic]) await setRules(pool, DEFAULT_ABNORMAL_PARAMETERS)
  const places = orderly.tree
    .all()
    .filter(({ level }) => level === 'city')
    .slice(0, 60)
    .map(({ code, parentCode }) => ({ provinceCode: parentCode as string, regionCode: code }))
  history = generateHistory({ seed: 1, events: EVENTS, from: at('2026-06-01 00:00'), until: NOW, places })
  await runOrderly()
  await runChaotic()
}, 400_000)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

describe('10,000 events in random order with duplicates and broken items, workers killed five times', () => {
  const both = async (text: string) => [(await chaotic.pool.query(text)).rows, (await orderly.pool.query(text)).rows]

  test('really happened', async () => {
    expect(history.length).toBeGreaterThanOrEqual(EVENTS)
    expect(kills).toBe(KILLS)
    const types = new Set(history.map((item) => item['event_type']))
    for (const type of ['suspended', 'resumed', 'reopened', 'corrected', 'voided', 'cancelled']) expect(types).toContain(type)
    expect(history.some((item) => item['corrects_event_id'] !== undefined)).toBe(true)
  })

  test('nothing accepted is missing, and each event is accepted once', async () => {
    const accepted = answers.filter(({ outcome }) => outcome.outcome === 'accepted').map(({ outcome }) => outcome.event_id)
    expect(new Set(accepted).size).toBe(accepted.length)
    expect(accepted.sort()).toEqual(history.map((item) => item['event_id']).sort())
    const { rows } = await chaotic.pool.query('select event_id from event')
    expect(rows.map(({ event_id: id }) => id).sort()).toEqual([...accepted].sort())
    expect(await waiting(chaotic)).toBe(0)
  })

  test('every broken item is refused with its reason, and kept', async () => {
    const expected = new Map(broken.map(({ item, code, field }) => [item, { code, field }]))
    const refused = answers.filter(({ outcome }) => outcome.outcome === 'refused')
    expect(refused.length).toBe(broken.length)
    for (const { sent, outcome } of refused) expect(outcome).toMatchObject(expected.get(sent) ?? { code: 'was not broken' })
    expect(new Set(refused.map(({ outcome }) => outcome.code)).size).toBe(8)
    const { rows } = await chaotic.pool.query(`select id::text, code, state from quarantine order by quarantine.id`)
    expect(rows).toEqual(
      refused.map(({ outcome }) => ({ id: outcome.quarantine_id, code: outcome.code, state: 'open' })).sort((a, b) => Number(a.id) - Number(b.id)),
    )
  })

  test('tickets, cells, sketches, alerts and feeds are those of the orderly run', async () => {
    const [tickets, orderlyTickets] = await both('select * from ticket order by ticket_key')
    expect(tickets?.length).toBeGreaterThan(1_000)
    expect(tickets).toEqual(orderlyTickets)
    for (const text of [
      'select * from cell where 0 <> any(n) order by 1, 2, 3, 4, 5',
      'select * from cell_sketch where n <> 0 order by 1, 2, 3, 4, 5, 6',
      'select * from province_feed order by 1',
      'select rule_id, ticket_key, severity, state, region_code, opened_at from alert where ended_at is null and state <> \'mitigated\' order by 1, 2',
    ]) {
      const [found, wanted] = await both(text)
      expect(wanted?.length).toBeGreaterThan(5)
      expect(found).toEqual(wanted)
    }
  })

  test('what fired on half the facts was taken back, never left', async () => {
    const { rows } = await chaotic.pool.query(`select state, count(*) as n from alert where ended_at is not null group by state order by state`)
    expect(rows.map(({ state }) => state)).toEqual(expect.arrayContaining(['retracted']))
    expect(rows.filter(({ state }) => state !== 'retracted' && state !== 'resolved')).toEqual([])
  })

  test.each(['chaotic', 'orderly'])('a recount of the %s database finds nothing', async (which) => {
    const { engine } = which === 'chaotic' ? chaotic : orderly
    expect(await recount(engine)).toMatchObject({ differences: 0, staleTickets: 0, forgottenTickets: 0, waitingTickets: 0 })
  })
})

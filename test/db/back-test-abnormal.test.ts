import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UNDISPATCHED } from '../../core/domain/abnormal/at-08-undispatched.ts'
import { ABNORMAL_RULES, DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import type { TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { recordCheck } from '../../core/engine/alert-checks.ts'
import { backTest } from '../../core/engine/back-test-report.ts'
import { replayAbnormalRule } from '../../core/engine/replay-abnormal.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import type { Engine } from '../../core/engine/context.ts'
import { loadRaisedAlerts } from '../../core/store/abnormal-replay-store.ts'
import type { Pool } from '../../core/platform/database.ts'
import { anEvent, at, CREATED_PAYLOAD } from '../support/builders.ts'
import { alertWorld } from '../support/alert-world.ts'
import { liveStumbling, type Round } from '../support/engine-run.ts'
import { crowdedEngine } from '../support/engine-world.ts'
import { ticketWalks } from '../support/ticket-histories.ts'

const START = at('2026-05-29 09:00')
const LAST = START + 30 * DAY
const END = LAST + 3 * DAY

let pool: Pool
let engine: Engine
beforeAll(async () => {
  ;({ pool, engine } = await crowdedEngine(START - DAY, DEFAULT_ABNORMAL_PARAMETERS))
})
afterAll(() => pool.end())

/** Nobody's tickets: what others of a customer say is known from the end on (docs/adr/0022). */
const WHERE = { regions: ['320500', '320100'], customers: [{}] }
/** Rules that go by tickets of the same handler, agent or hour: the same holds of these. */
const OF_OTHERS = ['AT-17', 'AT-21', 'AT-23']
const worlds: fc.Arbitrary<TicketEvent[]> = fc
  .array(fc.nat(200), { minLength: 3, maxLength: 6 })
  .chain((starts) => fc.tuple(...starts.map((hours, index) => ticketWalks({ ticketNo: `T${index}`, start: START + hours * HOUR, where: WHERE, most: 24 }))))
  .map((walks) => walks.flat().filter(({ occurredAt }) => occurredAt <= LAST).toSorted((a, b) => a.occurredAt - b.occurredAt))

/** Every event is told when it happens, and the timers have looked the moment before. */
function asItHappens(events: readonly TicketEvent[]): Round[] {
  const rounds: Round[] = []
  for (const event of events) {
    const last = rounds.at(-1)
    if (last?.at === event.occurredAt) rounds[rounds.length - 1] = { ...last, events: [...last.events, event] }
    else {
      rounds.push({ at: event.occurredAt - 1, events: [], batch: 1, workers: 0, hasTimers: true })
      rounds.push({ at: event.occurredAt, events: [event], batch: 2_000, workers: 1, hasTimers: false })
    }
  }
  return rounds
}

/** No run begins after it. */
const ENOUGH = 30_000

const span = { path: '/00/', from: START - DAY, to: END }
const replay = (ruleId: string) => backTest(engine, { ruleId, parameters: DEFAULT_ABNORMAL_PARAMETERS, ...span })

test('a back-test of an abnormal rule with the parameters in force is what the rule has raised, for every rule that looks at its ticket alone', { timeout: 120_000 }, async () => {
  const seen = new Map<string, number>()
  const startedAt = performance.now()
  await fc.assert(
    fc.asyncProperty(worlds, async (events) => {
      if (performance.now() - startedAt > ENOUGH) return
      await liveStumbling(pool, engine, asItHappens(events), { end: END, oneOf: 0 })
      for (const { id } of ABNORMAL_RULES.filter((rule) => !OF_OTHERS.includes(rule.id))) {
        const { did, would, onlyDid, onlyWould, matched } = await replay(id)
        expect({ id, ...would, onlyWould, onlyDid }).toEqual({ id, ...did, onlyWould: 0, onlyDid: 0 })
        expect([id, ...matched.filter(({ wouldAt, didAt }) => wouldAt !== didAt)]).toEqual([id])
        seen.set(id, (seen.get(id) ?? 0) + did.cases)
      }
    }),
    { numRuns: 16, endOnFailure: true },
  )
  // Cut short by its time it would else hold of nothing.
  expect([...seen.values()].filter((count) => count > 0).length).toBeGreaterThan(8)
})

test('a stored ticket without corrections tells by itself when a rule rang, where its events are gone; of a corrected one only its events do', async () => {
  const told = (ticketNo: string, ...later: readonly [EventType, number, Record<string, unknown>][]) => [
    anEvent('created', { ticketNo, occurredAt: START, payload: { ...CREATED_PAYLOAD, region_code: '320500' } }),
    ...later.map(([type, hours, payload], place) => anEvent(type, { ticketNo, eventId: `${ticketNo}-${place}`, occurredAt: START + hours * HOUR, payload })),
  ]
  const dispatched = ['dispatched', 3, { to_unit: 'U1', leg_id: 'L1' }] as const
  const events = [...told('Plain', [...dispatched]), ...told('Mended', [...dispatched], ['corrected', 4, { field: 'phenomenon_l2', new: 'x' }])]
  await liveStumbling(pool, engine, asItHappens(events.toSorted((a, b) => a.occurredAt - b.occurredAt)), { end: END, oneOf: 0 })
  const rung = async () => {
    const all: unknown[] = []
    await replayAbnormalRule(engine, { rule: UNDISPATCHED, parameters: DEFAULT_ABNORMAL_PARAMETERS, ...span }, (alerts) => alerts.forEach(({ ticketKey, rings: own }) => all.push([ticketKey, own])))
    return all
  }
  // After 30 minutes and after two hours; after four it would be orange.
  const rings = [{ at: START + 30 * MINUTE + 1, severity: 1 }, { at: START + 2 * HOUR + 1, severity: 2 }]
  expect(await rung()).toEqual([['32:eoms:Mended', rings], ['32:eoms:Plain', rings]])
  await pool.query('delete from event')
  expect(await rung()).toEqual([['32:eoms:Plain', rings]])
})

test('what people left undone has raised is no word of the rule, and a check is', async () => {
  const now = at('2026-06-11 20:00')
  const desk = await alertWorld(now)
  const [leader, checker] = [await desk.user('duty_manager', '32'), await desk.user('duty_manager', '32', '另一位')]
  const { id } = await desk.raise({ kind: 'abnormal', ruleId: 'AT-02', severity: 2, ticketKey: '32:eoms:A' })
  expect(await desk.move(id, { move: 'upgrade', toSeverity: 3, because: 'handling_over', reason: '逾期 overdue' })).toMatchObject({ ok: true })
  const raised = () => loadRaisedAlerts(desk.pool, 'AT-02', '/00/', now, now + HOUR)
  expect(await raised()).toMatchObject([{ ticketKey: '32:eoms:A', rings: [{ at: now, severity: 2 }], check: null }])
  for (const move of ['ack', 'resolve'] as const) expect(await desk.move(id, { move }, leader)).toMatchObject({ ok: true })
  const check = { result: 'confirmed', measure: null, note: '属实 true' } as const
  expect(await inEngineTransaction(desk.engine, now, (etx) => recordCheck(etx, id, check, checker))).toBeNull()
  expect(await raised()).toMatchObject([{ check: 'confirmed' }])
})

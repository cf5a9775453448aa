import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import type { Actor } from '../../core/domain/alert/alert.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { DAY } from '../../core/domain/time.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { explainTicket } from '../../core/engine/explain-ticket.ts'
import { startTrial } from '../../core/engine/rule-trials.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runQuality } from '../../workers/quality.ts'
import { runTimers } from '../../workers/timers.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

const RULES = ['AT-17', 'AT-21', 'AT-23'] as const
type RuleId = (typeof RULES)[number]

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 08:00')
  await setRules(world.pool, onlyRules(...RULES))
})

const two = (n: number) => String(n).padStart(2, '0')
const MAPPED = { source_category: 'province_complaint' }
/** The n-th of the day of handler h1, of agent a7, of the hour from 10:00 on. */
const made: Readonly<Record<RuleId, (n: number, id?: string) => unknown[]>> = {
  'AT-17': (n, id = `R${n}`) => [
    anItemAt('created', '06-01 08:10', MAPPED, { ticket_id: id }),
    anItemAt('dispatched', '06-01 08:20', { leg_id: 'L1', to_unit: 'net' }, { ticket_id: id }),
    anItemAt('claimed', '06-01 08:30', { leg_id: 'L1', handler_id: 'h1' }, { ticket_id: id }),
    anItemAt('replied', `06-01 10:${two(n)}`, { leg_id: 'L1', unit_id: 'net', text: '已处理，请知悉。' }, { ticket_id: id }),
  ],
  'AT-21': (n, id = `F${n}`) => [
    ...(id === `F${n}` ? [anItemAt('created', '06-01 08:10', MAPPED, { ticket_id: id })] : []),
    anItemAt('refund_requested', `06-01 10:${two(n)}`, { type: 'refund', amount_cents: 3_000, calculated_cents: 3_000, refund_no: `N${n}` }, { ticket_id: id, actor_id: 'a7' }),
  ],
  'AT-23': (n, id = `X${n}`) => [
    anItemAt('created', `06-01 10:${two(n)}`, { ...MAPPED, channel: 'kiosk' }, { ticket_id: id }),
    ...Array.from({ length: 98 }, (_, index) => anItemAt('created', `06-01 10:${two(index % 60)}`, MAPPED, { ticket_id: `S${n}-${index}` })),
  ],
}
const hoursPass = async (local: string) => {
  world.clock.set(at(local))
  const now = world.clock.now()
  await runTimers(world.engine, now)
  await runQuality(world.engine, now)
  await runIngest(world.engine, now)
}
const upTo = (rule: RuleId, last: number) => Array.from({ length: last }, (_, index) => made[rule](index + 1)).flat()
/** What makes the rule say all it has to say of one ticket, at 11:00, and that ticket. */
const CARRIED: Readonly<Record<RuleId, { readonly ticket: string; readonly items: () => unknown[] }>> = {
  'AT-17': { ticket: 'R8', items: () => upTo('AT-17', 8) },
  'AT-21': { ticket: 'F5', items: () => upTo('AT-21', 5) },
  'AT-23': { ticket: 'X1', items: () => upTo('AT-23', 2) },
}
const ruleOf = (id: RuleId) => ABNORMAL_RULES.find((one) => one.id === id)!
const of = (ticketId: string) => world.alerts(`32:crm:${ticketId}`)
const says = async (rule: RuleId, ticketId: string, local: string) => (await explainTicket(world.engine, ENGINE_SCOPE, ruleOf(rule), `32:crm:${ticketId}`, at(local)))?.verdict
async function begin(rule: RuleId, values: Record<string, number> = {}): Promise<void> {
  const now = world.clock.now()
  const settings = (await world.engine.settings(now)).abnormal.body
  const started = await inTransaction(world.pool, (tx) =>
    startTrial(tx, ruleOf(rule), { values, reason: 'test', endsAt: now + 7 * DAY }, { scope: null, tree: world.tree, settings, startedBy: 'keeper', now }),
  )
  expect(started).toHaveProperty('id')
}
const found = async (ticketId: string) => (await world.pool.query('select level, outcome, facts from trial_finding where ticket_key = $1', [`32:crm:${ticketId}`])).rows

describe('a rule that looks at other tickets says the same wherever it is asked', () => {
  test.each(RULES)('%s: alert, explanation and silent trial', async (rule) => {
    await begin(rule)
    const { ticket, items } = CARRIED[rule]
    await world.send('2026-06-01 11:00', ...items())
    await hoursPass('2026-06-01 11:02')
    await hoursPass('2026-06-01 11:03')
    const [alert] = (await world.pool.query("select severity, facts ->> 'words' as words, t.reason from alert a left join alert_transition t on t.alert_id = a.id and t.move = 'upgrade' where ticket_key = $1", [`32:crm:${ticket}`])).rows
    const verdict = await says(rule, ticket, '2026-06-01 11:03')
    expect(verdict).toMatchObject({ level: alert.severity, why: 'true' })
    // An alert keeps what opened it; what raised it since stands in its history.
    expect(verdict?.facts['words']).toBe(alert.reason ?? alert.words)
    expect(await found(ticket)).toMatchObject([{ level: alert.severity, outcome: null, facts: { words: verdict?.facts['words'] } }])
    await world.expectExact()
  })

  test('and why not, or not yet', async () => {
    const spread = upTo('AT-23', 2)
    await world.send('2026-06-01 10:59', ...spread)
    await hoursPass('2026-06-01 11:02')
    expect(await says('AT-23', 'X1', '2026-06-01 11:01')).toMatchObject({ level: 1, nextChangeAt: at('2026-06-01 11:02') })
    expect(await says('AT-23', 'X2', '2026-06-01 11:02')).toMatchObject({ level: 1, nextChangeAt: null })
    await world.send('2026-06-01 11:10', ...upTo('AT-17', 5), ...upTo('AT-21', 4))
    expect(await says('AT-17', 'R5', '2026-06-01 11:10')).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
    expect(await says('AT-21', 'F4', '2026-06-01 11:10')).toMatchObject({ level: 0, why: 'never_true', nextChangeAt: null })
  })
})

test.each([
  ['AT-17', { alike: 2, A2: 2 }, 'R4', 2, () => upTo('AT-17', 4)],
  ['AT-21', { agentRefunds: 2 }, 'F2', 3, () => upTo('AT-21', 2)],
  ['AT-23', { shareEvents: 10, share: 1 }, 'X1', 3, () => made['AT-23'](1).slice(0, 50)],
] as const)('what a trial of %s asks with laxer or stricter values is found, and nobody hears of it', async (rule, values, ticket, level, items) => {
  await begin(rule, values)
  await world.send('2026-06-01 11:00', ...items())
  await hoursPass('2026-06-01 11:02')
  await hoursPass('2026-06-01 11:03')
  expect((await of(ticket)).filter(({ severity }) => severity > 1)).toEqual([])
  expect(await found(ticket)).toMatchObject([{ level, outcome: null }])
  await world.expectExact()
})

describe('what a person has answered', () => {
  const manager = (): Actor => ({ kind: 'user', userId: '00000000-0000-4000-8000-000000000001', name: '主任', role: 'duty_manager', regionPath: (world.tree.get('32') as RegionNode).path })
  async function answered(ticketId: string): Promise<void> {
    await world.pool.query(
      `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at) values ('00000000-0000-4000-8000-000000000001', 'm', '主任', 'duty_manager', '32', 'none', to_timestamp(0))`,
    )
    const { rows } = await world.pool.query("select id::text as id from alert where ticket_key = $1 and state = 'open'", [`32:crm:${ticketId}`])
    const now = world.clock.now()
    for (const move of ['ack', 'resolve'] as const) {
      const result = await inEngineTransaction(world.engine, now, (etx) => moveAlert(etx, String(rows[0].id), { move, reason: '已核查' }, manager(), 'desk'))
      expect(result.ok, JSON.stringify(result)).toBe(true)
    }
  }
  const states = async (ticketId: string) => (await of(ticketId)).map(({ severity, state }) => [severity, state])

  test('AT-17 fires again with a further copied reply of the ticket, not with one of another ticket', async () => {
    await world.send('2026-06-01 11:00', ...upTo('AT-17', 6))
    await answered('R6')
    await world.send('2026-06-01 11:10', ...made['AT-17'](7))
    expect(await states('R6')).toEqual([[1, 'resolved']])
    await world.send(
      '2026-06-01 11:30',
      anItemAt('review_failed', '06-01 11:12', { leg_id: 'L1', new_leg_id: 'L2', reason: '未联系客户' }, { ticket_id: 'R6' }),
      anItemAt('claimed', '06-01 11:14', { leg_id: 'L2', handler_id: 'h1' }, { ticket_id: 'R6' }),
      anItemAt('replied', '06-01 11:20', { leg_id: 'L2', unit_id: 'net', text: '已处理，请知悉。' }, { ticket_id: 'R6' }),
    )
    expect(await states('R6')).toEqual([[1, 'resolved'], [2, 'open']])
    await world.expectExact()
  })

  test('AT-21 fires again with a further refund of the ticket, not with one of another', async () => {
    await world.send('2026-06-01 11:00', ...upTo('AT-21', 5))
    await answered('F5')
    await world.send('2026-06-01 11:10', ...made['AT-21'](6))
    expect(await states('F5')).toEqual([[3, 'resolved']])
    await world.send('2026-06-01 11:20', ...made['AT-21'](7, 'F5'))
    expect(await states('F5')).toEqual([[3, 'resolved'], [3, 'open']])
    await world.expectExact()
  })

  test('AT-23 stays answered while its hour only gets worse', async () => {
    await world.send('2026-06-01 11:00', ...upTo('AT-23', 2))
    await hoursPass('2026-06-01 11:02')
    expect(await states('X1')).toEqual([[3, 'open']])
    await answered('X1')
    await world.send('2026-06-01 11:10', ...made['AT-23'](3).slice(0, 1))
    await hoursPass('2026-06-01 11:14')
    expect(await states('X1')).toEqual([[3, 'resolved']])
    expect(await states('X2')).toEqual([[1, 'open']])
    await world.expectExact()
  })
})

test('another scope is told nothing: what others make of a ticket is read with the ticket', async () => {
  await world.send('2026-06-01 11:00', ...upTo('AT-21', 5))
  const elsewhere = scopeOf(world.tree.get('33') as RegionNode)
  expect(await explainTicket(world.engine, elsewhere, ruleOf('AT-21'), '32:crm:F5', at('2026-06-01 11:00'))).toBeUndefined()
})

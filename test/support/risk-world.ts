import type { Actor, MoveRequest } from '../../core/domain/alert/alert.ts'
import { type Instant, MINUTE } from '../../core/domain/time.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { confirmUsers } from '../../core/engine/case-facts.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { runRiskTick } from '../../core/engine/risk-tick.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { at } from './builders.ts'
import { type Complaint, createdEvent, spread, takeIn } from './complaints.ts'
import { engineWorld } from './engine-world.ts'
import { onlyRiskRules } from './risk-rules.ts'

export const TICK = 5 * MINUTE
/** The Thursday on which the tests of the risk rules play. */
export const day = (clock: string): Instant => at(`2026-06-11 ${clock}`)

const DIRECTOR = '00000000-0000-4000-8000-000000000001'

interface CaseShown {
  id: number
  region_code: string
  severity: number
  state: string
  merged_into: number | null
  ticket_count: number
  proposed_severity: number | null
}

/** A world of its own with a centre director in province 32, and short ways to file complaints, run ticks and look at cases. */
export async function riskWorld() {
  const world = await engineWorld({ now: () => at('2026-01-01 00:00') })
  const { engine, pool, tree } = world
  let serial = 0
  await pool.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at)
     values ($1, 'director', '主任', 'province_center_director', '32', 'none', to_timestamp(0))`,
    [DIRECTOR],
  )
  const rows = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => (await pool.query<T>(sql, values)).rows
  const director = (): Actor => ({
    kind: 'user',
    userId: DIRECTOR,
    name: '主任',
    role: 'province_center_director',
    regionPath: tree.get('32')?.path ?? '',
  })
  const nextNo = () => `T${(serial += 1)}`
  /** `count` complaints of as many customers, evenly in the five minutes from `from`. */
  const complaints = (from: Instant, count: number, rest: Partial<Complaint> = {}): Complaint[] =>
    spread(from, from + TICK, count).map((acceptedAt) => ({ no: nextNo(), at: acceptedAt, ...rest }))
  const cases = () =>
    rows<CaseShown>('select a.*, c.ticket_count, c.proposed_severity from alert a join risk_case c on c.alert_id = a.id order by a.id')
  return {
    ...world,
    rows,
    nextNo,
    director,
    complaints,
    cases,
    /** Rule, region, colour, state and matter of every case. */
    async openings() {
      const opened = await rows<{ rule_id: string; region_code: string; severity: number; state: string; matter_kind: string; matter: string }>(
        'select a.*, c.matter_kind, c.matter from alert a join risk_case c on c.alert_id = a.id order by a.id',
      )
      return opened.map(({ rule_id, region_code, severity, state, matter_kind, matter }) => [
        rule_id,
        region_code,
        severity,
        state,
        matter_kind,
        matter,
      ])
    },
    /** Move, clock counted from `from`, and colour of everything that happened to the first case. */
    async raises(from: Instant) {
      const moves = await rows<{ move: string; at: Instant; to_severity: number }>(
        'select move, at, to_severity from alert_transition where alert_id = (select min(alert_id) from risk_case) order by id',
      )
      return moves.map(({ move, at: when, to_severity }) => [move, new Date(when - from).toISOString().slice(11, 16), to_severity])
    },
    /** Has only these rules on from now on. */
    async only(...ids: string[]): Promise<void> {
      const { risk } = await engine.settings(0)
      const body = onlyRiskRules(risk.body, ids)
      await inTransaction(pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'only some', effectiveFrom: 1, now: 1 }))
    },
    file: (from: Instant, count: number, rest: Partial<Complaint> = {}) =>
      takeIn(engine, complaints(from, count, rest).map(createdEvent), from + TICK),
    tick: (clock: string) => runRiskTick(engine, day(clock)),
    tickAt: (slot: Instant) => runRiskTick(engine, slot),
    async ticks(from: string, to: string): Promise<void> {
      for (let slot = day(from); slot <= day(to); slot += TICK) await runRiskTick(engine, slot)
    },
    /** Region, colour and state of every case. */
    brief: async () => (await cases()).map(({ region_code, severity, state }) => [region_code, severity, state]),
    /** Every move of a case with its minute of the day. */
    async movesOf(id: number) {
      const moves = await rows<{ move: string; at: Instant }>('select move, at from alert_transition where alert_id = $1 order by id', [id])
      return moves.map(({ move, at: when }) => [move, (when - day('00:00')) / MINUTE])
    },
    /** The director states how many users are confirmed. */
    async confirm(id: number, users: number | null, now: Instant): Promise<void> {
      const result = await inEngineTransaction(engine, now, (etx) => confirmUsers(etx, String(id), { users, reason: '计费核查' }, director(), 'desk'))
      if (result === 'not_a_case' || !result.ok) throw new Error(String(result))
    },
    /** The director moves a case at the desk. */
    async act(id: number, now: Instant, request: MoveRequest): Promise<void> {
      const result = await inEngineTransaction(engine, now, (etx) => moveAlert(etx, String(id), request, director(), 'desk'))
      if (!result.ok) throw new Error(result.detail)
    },
  }
}

export type RiskWorld = Awaited<ReturnType<typeof riskWorld>>

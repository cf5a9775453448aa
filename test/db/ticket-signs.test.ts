import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { ABNORMAL_RULES, DEFAULT_ABNORMAL_PARAMETERS } from '../../core/domain/abnormal/catalogue.ts'
import { type Sign, signsOf } from '../../core/domain/abnormal/sign.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import { packTicket } from '../../core/domain/ticket/pack.ts'
import { closedAt, type Ticket } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import { signsIn } from '../../core/store/ticket-signs.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { ticketHistories, ticketWalks } from '../support/ticket-histories.ts'
import { type Shown, showsSign } from '../support/ticket-signs.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})

const UNTIL: Instant = Date.UTC(2026, 6, 1)

/** Every sign that a rule asks for, by the values of its catalogue and with limits that are shorter. */
const SIGNS: readonly Sign[] = ABNORMAL_RULES.flatMap((rule) =>
  [DEFAULT_CLOCK_LIMITS, { ...DEFAULT_CLOCK_LIMITS, goldenUnits: ['U1'], handleMinutes: 120, handleHighValueMinutes: 60 }].flatMap((limits) => signsOf(rule, DEFAULT_ABNORMAL_PARAMETERS, [limits])),
)

async function store(index: number, { ticket, customer, hasKeywords }: Shown): Promise<void> {
  const { pool } = database
  const key = `T${index}`
  const instant = (at: Instant | null) => (at === null ? null : new Date(at))
  await pool.query(
    `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, closed_at, is_overdue, fold, customer_history, updated_at)
     values ($1, '32', '320500', '/00/32/320500/', $2, '', $3, true, '', $4, $5, false, $6, $7, $4)`,
    [key, ticket.kind, ticket.status, instant(ticket.acceptedAt), instant(closedAt(ticket)), JSON.stringify(packTicket(ticket)), customer === NO_HISTORY ? null : JSON.stringify(customer)],
  )
  if (!hasKeywords) return
  await pool.query(
    `insert into keyword_hit (ticket_key, category, word, kind, fragment, version, occurred_at, region_code, region_path, phenomenon, customer_key, recorded_at)
     values ($1, 'KW-MED', '曝光', 'alert', '', 1, $2, '320500', '/00/32/320500/', '', '', $2)`,
    [key, instant(ticket.acceptedAt)],
  )
}

const shown: fc.Arbitrary<Shown> = fc
  .record({ events: fc.oneof(ticketWalks({ most: 20 }), ticketHistories('T1', 12)), hasHistory: fc.boolean(), hasKeywords: fc.boolean() })
  .map(({ events, hasHistory, hasKeywords }) => ({ ticket: foldTicket(events), customer: hasHistory ? { ...NO_HISTORY, repeatCount30d: 1 } : NO_HISTORY, hasKeywords }))
  .filter(({ ticket }) => ticket.acceptedAt !== null)

const isSaidElsewhere = (ticket: Ticket): boolean => ticket.star !== ticket.limitBasis.star || ticket.isVip !== ticket.limitBasis.isVip || ticket.isKeyPerson !== ticket.limitBasis.isKeyPerson

test('law: the database finds the tickets that show a sign, and of those that do not none but where what the limit is chosen by says what the ticket does not', { timeout: 120_000 }, async () => {
  const found = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(shown, { minLength: 12, maxLength: 30 }), async (tickets) => {
      await database.pool.query('truncate ticket, keyword_hit cascade')
      for (const [index, one] of tickets.entries()) await store(index, one)
      for (const sign of SIGNS) {
        const { beside, shown: isSeen } = signsIn([sign], `to_timestamp(${UNTIL / 1000})`)
        const { rows } = await database.pool.query<{ key: string }>(`select ticket_key as key from ticket ${beside} where ${isSeen}`)
        const keys = new Set(rows.map(({ key }) => key))
        const wrong = tickets.flatMap((one, index) => {
          const isShown = showsSign(sign, one, UNTIL)
          const isFound = keys.has(`T${index}`)
          return isShown === isFound || (isFound && isSaidElsewhere(one.ticket)) ? [] : [{ sign, index, isShown }]
        })
        expect(wrong).toEqual([])
        found.set(JSON.stringify(sign), (found.get(JSON.stringify(sign)) ?? 0) + keys.size)
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
  // Of a sign that no ticket showed it would hold anyway.
  expect([...found.values()].filter((count) => count > 0).length).toBeGreaterThan(15)
})

test('any of several signs will do', async () => {
  const { rows } = await database.pool.query<{ found: boolean }>(`select ${signsIn([{ kinds: ['appeal'] }, { kinds: ['complaint'] }], 'now()').shown} as found from (values ('complaint'), ('fault')) as one (kind)`)
  expect(rows.map(({ found }) => found)).toEqual([true, false])
})

import type { Sign } from '../domain/abnormal/sign.ts'
import { completedHistory, type CustomerHistory } from '../domain/ticket/customer-history.ts'
import { UNCORRECTED, unpackTicket } from '../domain/ticket/pack.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { AlertState, Severity } from '../domain/vocabulary.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'
import { signsIn } from './ticket-signs.ts'

/** A stored ticket that a replay goes over. */
export interface TicketToReplay {
  /** As it is stored: of many tickets that are read ahead, each is unpacked when its turn comes ({@link ticketOf}), and forgotten. */
  readonly said: string
  readonly ticketKey: string
  readonly customer: CustomerHistory
  readonly regionPath: string
  readonly firstEventAt: Instant
  readonly lastEventAt: Instant
  /** No event of it was corrected, nor a field on its way; false also where that is not known. */
  readonly isUncorrected: boolean
}

/** Which tickets: of a subtree, with an event since `lively` unless they are still open, that show one of the signs by `until` or went on after it. */
export interface ReplayedTickets {
  readonly path: string
  readonly lively: Instant
  readonly until: Instant
  readonly signs: readonly Sign[]
}

/** `[from, to)`. */
export interface Acceptances {
  readonly from: Instant
  readonly to: Instant
}

/** As a number: of many rows that is read in half the time of a date. */
const ms = (column: string): string => `round(extract(epoch from ${column})::float8 * 1000)`

/** Those accepted in a stretch, in the order of their acceptance. Within a transaction. */
export async function loadTicketsToReplay(tx: Tx, { path, lively, until, signs }: ReplayedTickets, { from, to }: Acceptances): Promise<TicketToReplay[]> {
  const { beside, shown } = signsIn(signs, instantOf('$5'), `last_event_at >= ${instantOf('$5')}`)
  // By bitmap: the pages of a stretch in their order and some ahead, on a cold disk in half the time of ticket by ticket.
  await tx.query(`select set_config('enable_indexscan', 'off', true)`)
  const { rows } = await tx.query<Omit<TicketToReplay, 'customer'> & { customer: Partial<CustomerHistory> | null }>(
    `select said, ticket_key as "ticketKey", customer_history as customer, region_path as "regionPath", ${ms('first_event_at')} as "firstEventAt", ${ms('last_event_at')} as "lastEventAt",
            coalesce(strpos(fold_memory::text, '${UNCORRECTED}') > 0, false) as "isUncorrected"
       from ticket ${beside}
      where accepted_at >= ${instantOf('$2')} and accepted_at < ${instantOf('$3')} and region_path ^@ $1 and (closed_at is null or last_event_at >= ${instantOf('$4')})
        and first_event_at is not null and ${shown}
      order by accepted_at, ticket_key`,
    [path, from, to, lively, until],
  )
  await tx.query(`select set_config('enable_indexscan', 'on', true)`)
  return rows.map((row) => Object.assign(row, { customer: completedHistory(row.customer) }))
}

/** The ticket itself. */
export const ticketOf = ({ said }: Pick<TicketToReplay, 'said'>): Ticket => unpackTicket(JSON.parse(said) as Partial<Ticket>)

/** When the first ticket of all was accepted; null: there is none. */
export async function loadFirstAcceptance(sql: Sql): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Instant | null }>('select min(accepted_at) as at from ticket')
  return rows[0]?.at ?? null
}

/** A stored alert of one rule on one ticket. */
export interface RaisedAlert {
  readonly alertId: string
  readonly ticketKey: string
  readonly regionPath: string
  readonly state: AlertState
  /** What its check said (domain.md 4.4); null: nobody has checked it. */
  readonly check: 'confirmed' | 'not_confirmed' | null
  /** The level to which the rule opened, raised or brought it back, each time, in order. */
  readonly rings: readonly { readonly at: Instant; readonly severity: Severity }[]
}

/** The stored alerts of an abnormal rule that opened in `[from, to)`, within a subtree; retracted ones left out. */
export async function loadRaisedAlerts(sql: Sql, ruleId: string, path: string, from: Instant, to: Instant): Promise<RaisedAlert[]> {
  const { rows } = await sql.query<RaisedAlert>(
    `select a.id::text as "alertId", a.ticket_key as "ticketKey", a.region_path as "regionPath", a.state, c.result as check,
            (select coalesce(json_agg(json_build_object('at', extract(epoch from t.at) * 1000, 'severity', t.to_severity) order by t.id), '[]')
               from alert_transition t
              where t.alert_id = a.id and t.actor_kind = 'engine' and t.move in ('open', 'upgrade', 'relapse') and t.detail ->> 'because' is distinct from 'handling_over') as rings
       from alert a left join alert_check c on c.alert_id = a.id
      where a.kind = 'abnormal' and a.rule_id = $1 and starts_with(a.region_path, $2) and a.opened_at >= ${instantOf('$3')} and a.opened_at < ${instantOf('$4')}
        and a.state <> 'retracted' and a.ticket_key is not null
      order by a.id`,
    [ruleId, path, from, to],
  )
  return rows
}

import { completedHistory, type CustomerHistory } from '../domain/ticket/customer-history.ts'
import { unpackTicket } from '../domain/ticket/pack.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'

/** A ticket as it was folded last, and what it is read with. */
export interface ReadTicket {
  readonly ticket: Ticket
  readonly customer: CustomerHistory
  /** Where it counts: finer than the source's region is never invented, coarser is possible. */
  readonly regionCode: string
  readonly phenomenon: string
  readonly firstEventAt: Instant | null
  readonly lastEventAt: Instant | null
}

/** One ticket of a scope; undefined when there is none in it. */
export async function loadScopedTicket(sql: Sql, scope: Scope, ticketKey: string): Promise<ReadTicket | undefined> {
  const { rows } = await sql.query<Omit<ReadTicket, 'ticket'> & { fold: Partial<Ticket> }>(
    `select fold, customer_history as customer, region_code as "regionCode", phenomenon_l2 as phenomenon, first_event_at as "firstEventAt",
            last_event_at as "lastEventAt"
       from ticket where ticket_key = $1 and region_path ^@ $2`,
    [ticketKey, scope.path],
  )
  const [row] = rows
  return row === undefined ? undefined : { ...row, ticket: unpackTicket(row.fold), customer: completedHistory(row.customer) }
}

/** Why an alert stands, in one sentence of both languages where its rule has one, and when it ended. */
export interface AlertReason {
  readonly id: string
  readonly words: string | null
  readonly endedAt: Instant | null
}

/** The reasons of the alerts named, whose scope the caller has checked. */
export async function loadReasons(sql: Sql, ids: readonly string[]): Promise<AlertReason[]> {
  if (ids.length === 0) return []
  const { rows } = await sql.query<AlertReason>(
    `select id::text, facts ->> 'words' as words, ended_at as "endedAt" from alert where id = any ($1::bigint[])`,
    [ids],
  )
  return rows
}

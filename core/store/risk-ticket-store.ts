import { OFFICIAL_CHANNELS } from '../domain/risk/mr-08-official-channel.ts'
import type { DisputedTicket, KeyTicket, OfficialTicket, VulnerableTicket } from '../domain/risk/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

// Written out, so that the partial indexes of migration 0028 are found.
const IS_OFFICIAL = `channel in (${OFFICIAL_CHANNELS.map((code) => `'${code}'`).join(', ')})`
const HEAD = `ticket_key as "ticketKey", customer_key as "customerKey", phenomenon_l2 as phenomenon, region_code as "regionCode"`
const TIMES = 'accepted_at as "acceptedAt", closed_at as "closedAt"'
const acceptedIn = (from: string, to: string) => `accepted_at >= ${instantOf(from)} and accepted_at < ${instantOf(to)}`

type MarkedTicket = Omit<KeyTicket, 'expeditesAt' | 'skipLevelContact'> & { readonly marks: Pick<KeyTicket, 'expeditesAt' | 'skipLevelContact'> }
const withMarks = ({ marks, ...ticket }: MarkedTicket): KeyTicket => ({ ...ticket, ...marks })

/** The valid tickets of important customers accepted before `at`: those open since `openFrom`, and all of `from` on. */
export async function loadKeyTickets(sql: Sql, { openFrom, from, at }: { readonly openFrom: Instant; readonly from: Instant; readonly at: Instant }): Promise<KeyTicket[]> {
  const { rows } = await sql.query<MarkedTicket>(
    `select ${HEAD}, ${TIMES}, key_customer as marks from ticket
      where is_valid and ticket_key in (select ticket_key from ticket where key_customer is not null and closed_at is null and ${acceptedIn('$1', '$3')}
                                        union select ticket_key from ticket where key_customer is not null and ${acceptedIn('$2', '$3')})
      order by ticket_key`,
    [openFrom, from, at],
  )
  return rows.map(withMarks)
}

/** The same as they stood at an instant of the past: a ticket that has been closed since was open then. */
export async function loadKeyTicketsThen(sql: Sql, { openFrom, from, at }: { readonly openFrom: Instant; readonly from: Instant; readonly at: Instant }): Promise<KeyTicket[]> {
  const { rows } = await sql.query<MarkedTicket>(
    `select ${HEAD}, ${TIMES}, key_customer as marks from ticket
      where is_valid and key_customer is not null and ${acceptedIn('$1', '$3')} and (accepted_at >= ${instantOf('$2')} or closed_at is null or closed_at > ${instantOf('$3')})
      order by ticket_key`,
    [openFrom, from, at],
  )
  return rows.map(withMarks)
}

/** The valid tickets accepted in `[from, to)` over one of these channels, which are among {@link OFFICIAL_CHANNELS}. */
export async function loadOfficialTickets(sql: Sql, channels: readonly string[], from: Instant, to: Instant): Promise<OfficialTicket[]> {
  const { rows } = await sql.query<OfficialTicket>(
    `select ${HEAD}, ${TIMES}, channel,
            (select min((s ->> 'at')::float8) from json_array_elements(fold -> 'supervisions') s where s ->> 'level' = 'ministry') as "orderedAt"
       from ticket where is_valid and ${IS_OFFICIAL} and channel = any(${column('$1')}) and ${acceptedIn('$2', '$3')} order by ticket_key`,
    [joined(channels), from, to],
  )
  return rows
}

/** The valid tickets of these kinds accepted in `[from, to)` that dispute the doing of a hall, agent or salesperson whom at least `least` such tickets name. */
export async function loadDisputedTickets(sql: Sql, kinds: readonly string[], least: number, from: Instant, to: Instant): Promise<DisputedTicket[]> {
  const { rows } = await sql.query<DisputedTicket>(
    `select ${HEAD}, disputed_channel as agent from ticket
      where is_valid and kind = any(${column('$1')}) and ${acceptedIn('$3', '$4')}
        and disputed_channel in (select disputed_channel from ticket where disputed_channel is not null and ${acceptedIn('$3', '$4')}
                                  group by disputed_channel having count(*) >= $2::int)
      order by ticket_key`,
    [joined(kinds), least, from, to],
  )
  return rows
}

/**
 * The valid tickets accepted in `[from, to)` of minors or elderly people: by a word of these categories, or by the age of the customer where a sale is
 * disputed; with whom they name, and whether they speak of the media.
 */
export async function loadVulnerableTickets(
  sql: Sql,
  { categories, media, from, to }: { readonly categories: readonly string[]; readonly media: string; readonly from: Instant; readonly to: Instant },
): Promise<VulnerableTicket[]> {
  const { rows } = await sql.query<VulnerableTicket>(
    `with hit as (select ticket_key, category from keyword_hit
                   where category = any(${column('$1')}) and is_standing and kind = 'alert' and wrong_at is null and occurred_at >= ${instantOf('$3')} and occurred_at < ${instantOf('$4')})
     select ${HEAD}, accepted_at as "acceptedAt", coalesce(disputed_channel, fold ->> 'salesChannel', '') as agent,
            coalesce(fold -> 'marks' ->> 'escalationTendency' = '1', false) or exists (
              select from keyword_hit m where m.ticket_key = ticket.ticket_key and m.category = $2 and m.is_standing and m.kind = 'alert' and m.wrong_at is null) as "isInMedia"
       from ticket
      where is_valid and ${acceptedIn('$3', '$4')}
        and ticket_key in (select ticket_key from hit
                           union select ticket_key from ticket where disputed_channel is not null and age_group is not null and ${acceptedIn('$3', '$4')})
      order by ticket_key`,
    [joined(categories), media, from, to],
  )
  return rows
}

/** From when on tickets are of interest to each rule. */
export interface WatchedTickets {
  readonly at: Instant
  readonly keyOpenFrom: Instant
  readonly keyFrom: Instant
  readonly officialFrom: Instant
  readonly disputedFrom: Instant
  readonly leastDisputed: number
  readonly vulnerableFrom: Instant
  readonly vulnerableCategories: readonly string[]
}

/** Whether there is any ticket that the rules over customers and channels look at. */
export async function hasWatchedTickets(sql: Sql, watched: WatchedTickets): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `select exists (select from ticket where key_customer is not null and closed_at is null and ${acceptedIn('$2', '$1')})
         or exists (select from ticket where key_customer is not null and ${acceptedIn('$3', '$1')})
         or exists (select from ticket where ${IS_OFFICIAL} and ${acceptedIn('$4', '$1')})
         or exists (select from ticket where disputed_channel is not null and ${acceptedIn('$5', '$1')} group by disputed_channel having count(*) >= $6::int)
         or exists (select from ticket where disputed_channel is not null and age_group is not null and ${acceptedIn('$7', '$1')}) 
         or exists (select from keyword_hit where category = any(${column('$8')}) and is_standing and kind = 'alert' and wrong_at is null
                       and occurred_at >= ${instantOf('$7')} and occurred_at < ${instantOf('$1')}) as found`,
    [watched.at, watched.keyOpenFrom, watched.keyFrom, watched.officialFrom, watched.disputedFrom, watched.leastDisputed, watched.vulnerableFrom, joined(watched.vulnerableCategories)],
  )
  return rows[0]?.found === true
}

/** Whether a ticket of an important customer or an official channel was written since. */
export async function hasLatelyWatched(sql: Sql, since: Instant): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(
    `select exists (select from ticket where (key_customer is not null or ${IS_OFFICIAL}) and updated_at >= ${instantOf('$1')}) as found`,
    [since],
  )
  return rows[0]?.found === true
}

import { OFFICIAL_CHANNELS } from '../domain/risk/mr-08-official-channel.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

const within = (column: string) => `${column} >= ${instantOf('$1')} and ${column} < ${instantOf('$2')}`
const HITS = `select occurred_at, ticket_key from keyword_hit where is_standing and kind = 'alert' and ${within('occurred_at')}`
const tickets = (condition: string) => `select accepted_at from ticket where is_valid and ${condition} and ${within('accepted_at')}`

/** Per kind of facts the instants at which one of them begins, ends or is added to. */
const TIMES = {
  keywords: `select unnest(array[occurred_at, wrong_at]) from keyword_hit where is_standing and kind = 'alert' and ${within('occurred_at')}`,
  keyTickets: `select unnest(array[accepted_at, closed_at]) from ticket where is_valid and key_customer is not null and ${within('accepted_at')}
     union all select ${instantOf('at.value::float8')} from ticket cross join lateral json_array_elements_text(key_customer::json -> 'expeditesAt') as at (value)
                where is_valid and key_customer is not null and ${within('accepted_at')}`,
  officialTickets: `select unnest(array[accepted_at, closed_at]) from ticket where is_valid and channel in (${OFFICIAL_CHANNELS.map((code) => `'${code}'`).join(', ')}) and ${within('accepted_at')}
     union all select ${instantOf("(s.value ->> 'at')::float8")} from ticket cross join lateral json_array_elements(fold -> 'supervisions') as s (value)
                where is_valid and channel in (${OFFICIAL_CHANNELS.map((code) => `'${code}'`).join(', ')}) and ${within('accepted_at')}`,
  templateTexts: `select accepted_at from text_signature where cluster is not null and ${within('accepted_at')}
     union all ${tickets('is_template')} union all select occurred_at from (${HITS}) h`,
  disputedTickets: tickets('disputed_channel is not null'),
  vulnerableTickets: `${tickets('disputed_channel is not null and age_group is not null')} union all select occurred_at from (${HITS}) h`,
  appeals: tickets(`kind = 'appeal'`),
  ownChannels: `select queue_at from call where not is_void and ${within('queue_at')}
     union all select opened_at from incident where not is_void and ${within('opened_at')}
     union all select closed_at from incident where not is_void and ${within('closed_at')}`,
  opinions: `select unnest(array[detected_at, first_handled_at]) from opinion where not is_void and ${within('detected_at')}`,
  // While one is open it is looked at again and again: its tickets come, and its own age counts.
  incidents: `select generate_series(greatest(opened_at, ${instantOf('$1')}), least(coalesce(closed_at, ${instantOf('$2')}), ${instantOf('$2')}), interval '1 minute') from incident
     where not is_void and opened_at < ${instantOf('$2')} and (closed_at is null or closed_at >= ${instantOf('$1')})
     union all select closed_at from incident where not is_void and ${within('closed_at')}`,
} as const

/** A kind of facts whose instants are kept. */
export type TimedFacts = keyof typeof TIMES

/** The steps of time, by their beginnings, in which a fact of `[from, to)` begins, ends or is added to, in order. */
export async function loadFactTimes(sql: Sql, facts: TimedFacts, from: Instant, to: Instant, stepMs: number): Promise<Instant[]> {
  const { rows } = await sql.query<{ at: number }>(
    `select distinct floor(extract(epoch from t) * 1000 / $3::float8)::float8 * $3::float8 as at from (${TIMES[facts]}) as s (t)
      where t is not null order by 1`,
    [from, to, stepMs],
  )
  return rows.map(({ at }) => at)
}

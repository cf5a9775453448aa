import { once } from 'node:events'
import pgCopy from 'pg-copy-streams'
import { eventsOfHour, placesOf } from '../../bin/demo/world.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import type { Pool } from '../../core/platform/database.ts'
import { drainIngest } from '../../workers/ingest.ts'

/** Worlds of the demo's size, 600 tickets a day each, whose first day is taken in as events; every other ticket is one of these, on another day. */
const WORLDS = 20
const BATCH = 2_000
/** Before this the day's tickets have ended, or have been left open for good. */
const SETTLED = 7 * DAY

/** The first day, event by event, as sources would send it. */
async function takeDay(engine: Engine, start: Instant): Promise<void> {
  const places = placesOf(engine.tree)
  const items = Array.from({ length: WORLDS }, (_unused, world) =>
    Array.from({ length: 24 }, (_, hour) => eventsOfHour(`bench-${world}`, places, start + hour * HOUR, engine.zone)).flat().map(({ at, item }) => ({
      at, item: { ...item, event_id: `d0-${world}-${String(item['event_id'])}`, ticket_id: `d0-${world}-${String(item['ticket_id'])}` },
    })),
  ).flat().sort((a, b) => a.at - b.at)
  const clock = new ManualClock(start + SETTLED)
  for (let from = 0; from < items.length; from += BATCH) {
    const { items: taken } = await acceptEvents(engine, items.slice(from, from + BATCH).map(({ item }) => item), { source: 'bench', scope: ENGINE_SCOPE, now: clock.now() })
    const refused = taken.find(({ outcome }) => outcome === 'refused')
    if (refused !== undefined) throw new Error(JSON.stringify(refused))
    await drainIngest(engine, clock)
  }
  clock.advance(MINUTE)
  await drainIngest(engine, clock)
}

async function copied(pool: Pool, what: string): Promise<string[]> {
  const client = await pool.connect()
  try {
    const chunks: Buffer[] = []
    for await (const chunk of client.query(pgCopy.to(`copy (${what}) to stdout`))) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString().split('\n').slice(0, -1)
  } finally {
    client.release()
  }
}

/** A row so many days later, under another name: dates, instants in documents, and what is named after its ticket. */
const moved = (row: string, days: number, tag: string, dates: Map<string, string>): string =>
  row
    .replaceAll('d0-', tag)
    .replace(/\b17[3-5]\d{10}\b/g, (instant) => String(Number(instant) + days * DAY))
    .replace(/\b202[4-6]-\d\d-\d\d/g, (date) => {
      const to = dates.get(date) ?? new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)
      dates.set(date, to)
      return to
    })

async function copyIn(pool: Pool, table: string, rows: readonly string[], tag: string, days: number): Promise<void> {
  const client = await pool.connect()
  try {
    const into = client.query(pgCopy.from(`copy ${table} from stdin`))
    const dates = new Map<string, string>()
    for (let from = 0; from < rows.length; from += BATCH) {
      const text = rows.slice(from, from + BATCH).map((row) => moved(row, days, tag, dates)).join('\n')
      if (!into.write(`${text}\n`)) await once(into, 'drain')
    }
    into.end()
    await once(into, 'finish')
  } finally {
    client.release()
  }
}

/** Days of `perDay` tickets from `start` on, each with its whole history; four of five solved by the hot-line within the hour, as in the demo. */
export async function fillTicketDays(pool: Pool, engine: Engine, { start, days, perDay }: { readonly start: Instant; readonly days: number; readonly perDay: number }, say: (line: string) => void): Promise<void> {
  await takeDay(engine, start)
  const of = (table: string) => copied(pool, `select * from ${table} where ticket_key like '%:d0-%' order by ticket_key`)
  const [tickets, events] = [await of('ticket'), await of('event')]
  say(`${tickets.length} tickets with ${events.length} events taken in`)
  // Indexes that a replay of tickets does not read: filling them takes most of the time.
  const { rows } = await pool.query<{ name: string }>(
    `select indexname as name from pg_indexes where tablename = 'ticket' and indexname not in ('ticket_pkey', 'ticket_accepted') and schemaname = 'public'`,
  )
  for (const { name } of rows) await pool.query(`drop index ${name}`)
  const times = perDay / tickets.length
  for (let day = 0; day < days; day += 1) {
    for (let time = day === 0 ? 1 : 0; time < times; time += 1) {
      const part = Math.min(1, times - time)
      const keys = new Set(tickets.slice(0, Math.round(tickets.length * part)).map((row) => row.slice(0, row.indexOf('\t'))))
      const tag = `d${day}x${time}-`
      await copyIn(pool, 'ticket', tickets.slice(0, keys.size), tag, day)
      await copyIn(pool, 'event', part === 1 ? events : events.filter((row) => keys.has(row.split('\t')[4] as string)), tag, day)
    }
    if (day % 10 === 0) say(`filled ${day} days of tickets`)
  }
  await pool.query('vacuum analyze')
}

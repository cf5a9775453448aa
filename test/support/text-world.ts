import { medoidOf, isMedoidDue, placeText, sampleOf, byAge, type ClusterFace, type TextFace } from '../../core/domain/near-duplicate/cluster.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { textReader } from '../../core/domain/near-duplicate/reading.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { inTransaction, type Pool, type Tx } from '../../core/platform/database.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { type IngestWorld, ingestWorld } from './ingest-world.ts'
import { anItemAt } from './items.ts'
import { chances, someText } from './similar-texts.ts'

/** A cluster as tests compare it: its texts in the order of their acceptance, and the two that name it. */
export interface ClusterView {
  readonly texts: readonly string[]
  readonly oldest: string
  readonly medoid: string
}

/** An {@link IngestWorld} whose texts are looked at by hand. Tickets are called by their number alone. */
export interface TextWorld extends IngestWorld {
  /** Takes events in, folds them and looks at the texts. */
  tell(...items: readonly unknown[]): Promise<void>
  look(): ReturnType<typeof clusterTexts>
  /** All clusters, in the order of their oldest texts. */
  clusters(): Promise<ClusterView[]>
  /** Forgets all clusters, and puts the tickets in line again in the order given. */
  again(line: readonly string[]): Promise<void>
  /** The line as it stands. */
  line(): Promise<string[]>
}

export const NUMBER = '32:crm:'

export async function textWorld(start = '2026-04-15 00:00'): Promise<TextWorld> {
  const world = await ingestWorld(start)
  const { engine, pool, clock } = world
  const look = () => clusterTexts(engine, clock.now())
  return {
    ...world,
    look,
    async tell(...items) {
      await world.send(start, ...items)
      await drainIngest(engine, clock)
      await look()
    },
    async clusters() {
      const { rows } = await pool.query<{ texts: string[]; oldest: string; medoid: string; size: number }>(
        `select c.oldest, c.medoid, c.size, array_agg(s.ticket_key order by s.accepted_at, s.ticket_key collate "C") as texts
           from text_cluster c left join text_signature s on s.cluster = c.id group by c.id order by min(s.accepted_at), c.oldest collate "C"`,
      )
      return rows.map(({ texts, oldest, medoid, size }) => {
        if (texts.length !== size || texts[0] !== oldest) throw new Error(`cluster of ${texts.join()} says that it has ${size}, the oldest ${oldest}`)
        const short = (key: string) => key.slice(NUMBER.length)
        return { texts: texts.map(short), oldest: short(oldest), medoid: short(medoid) }
      })
    },
    async again(line) {
      await pool.query('truncate text_check, text_cluster, text_signature, text_band')
      for (const ticket of line)
        await pool.query('insert into text_check (ticket_key, accepted_at) select ticket_key, accepted_at from ticket where ticket_key = $1', [NUMBER + ticket])
    },
    async line() {
      const { rows } = await pool.query<{ key: string }>('select ticket_key as key from text_check order by seq')
      return rows.map(({ key }) => key.slice(NUMBER.length))
    },
  }
}

/** Rows of the tables of texts that `work` makes the database read, by whatever index it takes. */
export async function rowsReadBy(pool: Pool, work: (tx: Tx) => Promise<unknown>): Promise<number> {
  const soFar = async (tx: Tx) => {
    const { rows } = await tx.query<{ n: number }>(
      `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables where relname in ('text_band', 'text_cluster', 'text_signature')`,
    )
    return rows[0]?.n ?? Number.NaN
  }
  return inTransaction(pool, async (tx) => {
    // On so few rows reading all of them may be the cheaper plan; on a day's it is not.
    await tx.query('set local enable_seqscan = off')
    // What the connection has read before is in the sum, too.
    const before = await soFar(tx)
    await work(tx)
    return (await soFar(tx)) - before
  })
}

let customers = 0
/** A complaint with a text; each is of a customer of its own unless told otherwise. */
export const saying = (ticketId: string, local: string, text: string, more: Readonly<Record<string, unknown>> = {}) => {
  customers += 1
  return anItemAt('created', local, { content_text: text, customer_id: `c${customers}`, ...more }, { ticket_id: ticketId })
}

/** Texts of a few families, near to each other and far, over three days and in no order. */
export function families(count: number, seed: number): { readonly id: string; readonly local: string; readonly text: string }[] {
  const chance = chances(seed)
  return Array.from({ length: count }, (_, index) => {
    const family = Math.floor(chance() * 4)
    const words = Array.from({ length: 24 }, (_word, place) => someText(family * 100 + place, 2))
    const changes = Math.floor(chance() * 5)
    for (let change = 0; change < changes; change++) words[Math.floor(chance() * 24)] = someText(5_000 + Math.floor(chance() * 900), 2)
    const minute = Math.floor(chance() * 3 * 1_440)
    const two = (value: number) => String(value).padStart(2, '0')
    const local = `04-${10 + Math.floor(minute / 1_440)} ${two(Math.floor((minute % 1_440) / 60))}:${two(minute % 60)}`
    return { id: `F${String(index).padStart(3, '0')}`, local, text: words.join('') }
  })
}

/** What clusters these texts make in this order, by the decisions alone: each held against every cluster there is. */
export function clustersByHand(texts: readonly { readonly id: string; readonly at: number; readonly text: string }[]): ClusterView[] {
  const { rule, said, face } = textReader(DEFAULT_NEAR_DUPLICATE)
  const clusters = new Map<string, ClusterFace & { members: TextFace[] }>()
  for (const { id, at, text } of texts) {
    const one = face(id, at, said('32', text))
    const placed = placeText(one, clusters.values(), rule)
    if (placed.outcome === 'too_short') continue
    const held = placed.outcome === 'joins' ? clusters.get(placed.clusterId) : undefined
    const members = [...(held?.members ?? []), one].sort(byAge)
    const oldest = members[0] as TextFace
    const medoid = isMedoidDue(members.length) ? medoidOf(sampleOf(members)) : (held?.medoid ?? one)
    const name = held?.id ?? id
    clusters.set(name, { id: name, members, oldest, medoid, firstAt: oldest.at, lastAt: (members.at(-1) as TextFace).at })
  }
  return [...clusters.values()]
    .sort((a, b) => byAge(a.oldest, b.oldest))
    .map(({ members, oldest, medoid }) => ({ texts: members.map(({ key }) => key), oldest: oldest.key, medoid: medoid.key }))
}

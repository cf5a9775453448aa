import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { lookupKeys } from '../../core/domain/near-duplicate/cluster-book.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'
import { textReader } from '../../core/domain/near-duplicate/reading.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { clusterTexts } from '../../core/engine/cluster-texts.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { createPool, inTransaction } from '../../core/platform/database.ts'
import { hasTextChecks } from '../../core/store/text-check-store.ts'
import { findClusters } from '../../core/store/text-cluster-store.ts'
import { drainIngest, runIngest } from '../../workers/ingest.ts'
import { runTexts } from '../../workers/texts.ts'
import { at } from '../support/builders.ts'
import { chances, someText, T1 } from '../support/similar-texts.ts'
import { clustersByHand, families, rowsReadBy, saying, type TextWorld, textWorld } from '../support/text-world.ts'

let world: TextWorld
const TEXTS = families(140, 11)
const ITEMS = TEXTS.map(({ id, local, text }) => saying(id, local, text))
const inOrder = (line: readonly string[]) =>
  line.map((id) => {
    const { local, text } = TEXTS.find((one) => one.id === id) as (typeof TEXTS)[number]
    return { id, at: at(`2026-${local}`), text }
  })

describe('clusters', () => {
  beforeAll(async () => {
    world = await textWorld()
    await world.send('2026-04-15 00:00', ...ITEMS)
  })

  test('are those that the decisions alone make, of each text against every cluster', async () => {
    const line = await world.line()
    expect(line).toHaveLength(140)
    await world.look()
    const clusters = await world.clusters()
    expect(clusters).toEqual(clustersByHand(inOrder(line)))
    // The texts are of a kind that shows something: clusters large and small, and medoids other than the oldest.
    expect(clusters.filter(({ texts }) => texts.length >= 8).length).toBeGreaterThan(2)
    expect(clusters.filter(({ texts }) => texts.length === 1).length).toBeGreaterThan(2)
    expect(clusters.filter(({ oldest, medoid }) => oldest !== medoid).length).toBeGreaterThan(2)
  })

  test.each([1, 7, 60])('are the same when the line comes in pieces of %i', async (piece) => {
    const chance = chances(piece)
    const line = TEXTS.map(({ id }) => ({ id, by: chance() })).sort((a, b) => a.by - b.by).map(({ id }) => id)
    await world.again(line)
    await world.look()
    const atOnce = await world.clusters()
    await world.again([])
    for (let from = 0; from < line.length; from += piece) {
      for (const id of line.slice(from, from + piece))
        await world.pool.query('insert into text_check (ticket_key, accepted_at) select ticket_key, accepted_at from ticket where ticket_key = $1', [`32:crm:${id}`])
      await world.look()
    }
    expect(await world.clusters()).toEqual(atOnce)
    expect(atOnce).toEqual(clustersByHand(inOrder(line)))
  })

  test('are the same when four look at once', async () => {
    const line = TEXTS.map(({ id }) => id)
    await world.again(line)
    const reports = await Promise.all(Array.from({ length: 4 }, () => runTexts(world.engine, world.clock.now())))
    await world.look()
    expect(reports.reduce((sum, { joined, opened }) => sum + joined + opened, 0)).toBe(140)
    expect(await world.clusters()).toEqual(clustersByHand(inOrder(line)))
  })

  test('looking again at what has not changed changes nothing', async () => {
    const before = await world.pool.query('select * from text_cluster order by id')
    await world.pool.query('insert into text_check (ticket_key, accepted_at) select ticket_key, accepted_at from ticket order by ticket_key')
    expect(await world.look()).toEqual({ looked: 140, joined: 0, opened: 0, left: 0, found: 0, compared: 0 })
    expect((await world.pool.query('select * from text_cluster order by id')).rows).toEqual(before.rows)
  })

  test.each(['text_check', 'text_cluster', 'text_band', 'text_signature'])('lose nothing when a look is killed as it writes %s', async (table) => {
    const line = TEXTS.map(({ id }) => id)
    await world.again(line)
    await world.pool.query(`create or replace function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`)
    await world.pool.query(`create trigger die after insert or delete on ${table} for each statement execute function die()`)
    const pool = createPool(world.database.url, { max: 2, onError: () => {} })
    await expect(clusterTexts({ ...world.engine, pool }, world.clock.now())).rejects.toThrow()
    await pool.end()
    await world.pool.query(`drop trigger die on ${table}`)
    expect(await world.line()).toEqual(line)
    expect(await world.clusters()).toEqual([])
    await world.look()
    expect(await world.clusters()).toEqual(clustersByHand(inOrder(line)))
  })
})

describe('the line', () => {
  beforeEach(async () => {
    world = await textWorld()
  })

  test('is written with the tickets, and what waits is known by the instant of acceptance', async () => {
    await world.send('2026-04-15 00:00', saying('B', '04-14 10:01', T1), saying('A', '04-14 10:00', T1))
    expect(await world.line()).toEqual(['A', 'B'])
    expect(await hasTextChecks(world.pool, at('2026-04-14 10:00'))).toBe(false)
    expect(await hasTextChecks(world.pool, at('2026-04-14 10:00') + 1)).toBe(true)
    await world.look()
    expect(await hasTextChecks(world.pool)).toBe(false)
  })

  test('is left alone by one that comes while another is at it, which takes all of it', async () => {
    await world.send('2026-04-15 00:00', saying('A', '04-14 10:00', T1))
    await inTransaction(world.pool, async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('tocsin:texts', 0))`)
      expect(await world.look()).toMatchObject({ looked: 0 })
    })
    expect(await world.look()).toMatchObject({ looked: 1, opened: 1 })
  })

  test('takes what workers fold while looks go on, each text once', async () => {
    const context = { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() }
    await acceptEvents(world.engine, ITEMS, context)
    const fold = async () => {
      while ((await runIngest(world.engine, context.now, { batch: 9 })).events > 0);
    }
    const looks = async () => {
      for (let turn = 0; turn < 15; turn++) await world.look()
    }
    await Promise.all([fold(), fold(), looks(), looks()])
    await drainIngest(world.engine, world.clock)
    await world.look()
    const texts = (await world.clusters()).flatMap((cluster) => cluster.texts)
    expect(texts.sort()).toEqual(TEXTS.map(({ id }) => id).sort())
  })
})

describe('the cost of a new text', () => {
  beforeAll(async () => {
    world = await textWorld()
  })

  /** Rows that the database reads to find what a text may belong to. */
  async function rowsRead(text: string): Promise<{ rows: number; found: number }> {
    const reader = textReader(DEFAULT_NEAR_DUPLICATE)
    const face = reader.face('new', at('2026-04-14 18:00'), reader.said('32', text))
    let found = 0
    const rows = await rowsReadBy(world.pool, async (tx) => {
      found = (await findClusters(tx, [lookupKeys(face, 24 * HOUR)])).length
    })
    return { rows, found }
  }
  const others = (from: number, count: number) => Array.from({ length: count }, (_, index) => saying(`O${from + index}`, '04-14 12:00', someText(10_000 + from + index)))

  test('is that of its candidates, however many texts the day has', async () => {
    await world.tell(saying('A', '04-14 10:00', T1), saying('B', '04-14 10:01', T1), ...others(0, 100))
    const few = await rowsRead(T1)
    expect(few.found).toBe(1)
    await world.tell(...others(100, 1_500))
    expect(await rowsRead(T1)).toEqual(few)
    expect((await rowsRead('甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥')).rows).toBe(0)
    await world.send('2026-04-15 00:00', saying('C', '04-14 18:00', T1))
    expect(await world.look()).toMatchObject({ looked: 1, joined: 1, found: 1, compared: 1 })
  })

  test('nor does it grow with the cluster that it joins', async () => {
    const before = await rowsRead(T1)
    await world.tell(...Array.from({ length: 400 }, (_, index) => saying(`J${index}`, '04-14 13:00', T1)))
    expect(await rowsRead(T1)).toEqual(before)
    await world.send('2026-04-15 00:00', saying('K', '04-14 18:00', T1))
    expect(await world.look()).toMatchObject({ joined: 1, found: 1, compared: 1 })
  })

  test('nor with the days before: what lies there is not found', async () => {
    await world.tell(saying('OLD', '04-10 10:00', T1))
    expect((await rowsRead(T1)).found).toBe(1)
  })

  test('bands go a week after something was last noted of their cluster; clusters and texts stay', async () => {
    const count = async (table: string) => (await world.pool.query(`select from ${table}`)).rowCount
    await world.send('2026-04-15 00:00', saying('Y', '04-14 19:00', T1))
    await clusterTexts(world.engine, world.clock.now() + 7 * DAY)
    const clusters = await count('text_cluster')
    expect(await count('text_band')).toBe(clusters)
    await world.send('2026-04-15 00:00', saying('Z', '04-14 19:00', T1))
    await clusterTexts(world.engine, world.clock.now() + 7 * DAY + 1)
    expect([await count('text_band'), await count('text_cluster')]).toEqual([0, clusters])
  })
})

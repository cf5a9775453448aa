import { setImmediate as breathe } from 'node:timers/promises'
import { type Cluster, ClusterBook, clusterKeys, lookupKeys, renamed } from '../domain/near-duplicate/cluster-book.ts'
import { isMedoidDue } from '../domain/near-duplicate/cluster.ts'
import type { TextReader } from '../domain/near-duplicate/reading.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { hasTextChecks, takeTextChecks, tryTextLock } from '../store/text-check-store.ts'
import {
  deleteClusters,
  findClusters,
  loadClusterNames,
  newClusterIds,
  pruneBands,
  saveBands,
  saveClusters,
  type StoredCluster,
} from '../store/text-cluster-store.ts'
import { deleteSignatures, loadMembers, saveSignatures, type TextSignature } from '../store/text-signature-store.ts'
import type { Engine } from './context.ts'
import { readTexts, textReaders, type TextToPlace } from './read-texts.ts'
import { medoidAmong } from './text-medoid.ts'

/** What a look at texts did. */
export interface TextReport {
  /** Tickets looked at. */
  readonly looked: number
  readonly joined: number
  readonly opened: number
  /** Texts that were in a cluster and are no longer, or are being placed again. */
  readonly left: number
  /** Clusters read as candidates, and comparisons with them: what the cost of new texts grows with. */
  readonly found: number
  readonly compared: number
}

const NOTHING: TextReport = { looked: 0, joined: 0, opened: 0, left: 0, found: 0, compared: 0 }
const sumOf = (a: TextReport, b: TextReport): TextReport =>
  Object.fromEntries((Object.keys(NOTHING) as (keyof TextReport)[]).map((field) => [field, a[field] + b[field]])) as unknown as TextReport

/** Tickets of one transaction. */
const AT_ONCE = 500
/** Texts after which others of this process get their turn. */
const BREATH = 50
/** How long, from when something was last noted of it, a cluster can be joined: late texts come within days (domain.md DQ-04: 72 h), replays at once. */
const FOUND_FOR = 7 * DAY

const clusterOf = (reader: TextReader, { oldest, medoid, ...stored }: StoredCluster): Cluster => {
  const face = reader.face(oldest.key, oldest.at, oldest.said)
  return { ...stored, oldest: face, medoid: medoid.key === oldest.key ? face : reader.face(medoid.key, medoid.at, medoid.said) }
}

/** Puts clusters right that have lost texts: gone with the last one, else named anew where a name has left (domain.md 5.3.2-3). */
async function mendClusters(tx: Tx, reader: TextReader, ids: readonly string[], now: Instant): Promise<void> {
  for (const id of ids) {
    const members = await loadMembers(tx, id)
    const names = await loadClusterNames(tx, id)
    const [first] = members
    if (first === undefined || names === null) {
      await deleteClusters(tx, [id])
      continue
    }
    const isNamed = members.some(({ key }) => key === names.medoid)
    const [oldest, medoid] = await medoidAmong(tx, reader, members, isNamed ? names.medoid : null)
    await saveClusters(tx, [{ id, oldest, medoid, firstAt: first.at, lastAt: members.at(-1)?.at ?? first.at, size: members.length }])
    const { buckets } = names
    if (buckets !== null) await saveBands(tx, [{ id, buckets, keys: clusterKeys({ oldest, medoid, buckets }) }], now)
  }
}

/** Chooses a cluster's medoid anew, among its stored texts and those of this look that have joined it. */
async function withNewMedoid(tx: Tx, reader: TextReader, cluster: Cluster, placed: readonly TextToPlace[]): Promise<Cluster> {
  const [, medoid] = await medoidAmong(tx, reader, await loadMembers(tx, cluster.id), null, placed)
  return medoid.key === cluster.medoid.key ? cluster : renamed(cluster, { medoid: medoid.key === cluster.oldest.key ? cluster.oldest : medoid })
}

/** Texts with one reader, one after the other. */
async function placeTexts(tx: Tx, reader: TextReader, texts: readonly TextToPlace[], now: Instant): Promise<TextReport> {
  const lookups = new Map<string, number[]>()
  for (const [index, { face }] of texts.entries()) {
    const keys = lookupKeys(face, reader.rule.window)
    lookups.set(keys.join(), keys)
    if (index % BREATH === BREATH - 1) await breathe()
  }
  const stored = await findClusters(tx, [...lookups.values()])
  const keysBefore = new Map(stored.map(({ id, keys }) => [id, keys]))
  const book = new ClusterBook(stored.map((cluster) => clusterOf(reader, cluster)))
  const ids = await newClusterIds(tx, texts.length)
  const members = new Map<string, TextToPlace[]>()
  const rows: TextSignature[] = []
  let [opened, compared] = [0, 0]
  for (const [index, text] of texts.entries()) {
    const placed = book.place(text.face, reader.rule, () => ids[index] as string)
    if (placed.cluster === null) continue
    const { id, size } = placed.cluster
    const own = members.get(id)
    if (own === undefined) members.set(id, [text])
    else own.push(text)
    rows.push({ ...text.row, cluster: id })
    if (placed.placement.outcome === 'opens') opened += 1
    compared += placed.compared
    if (isMedoidDue(size)) book.put(await withNewMedoid(tx, reader, placed.cluster, members.get(id) ?? []))
    if (index % BREATH === BREATH - 1) await breathe()
  }
  const changed = [...members.keys()].map((id) => book.get(id))
  await saveClusters(tx, changed)
  await saveBands(
    tx,
    changed.filter(({ id, keys }) => keysBefore.get(id) !== keys),
    now,
  )
  await saveSignatures(tx, rows)
  return { ...NOTHING, joined: rows.length - opened, opened, found: stored.length, compared }
}

/** Runs of texts that are read by the same parameters, in their order. */
function runsOf(texts: readonly TextToPlace[]): TextToPlace[][] {
  const runs: TextToPlace[][] = []
  for (const text of texts) {
    const run = runs.at(-1)
    if (run?.[0]?.reader === text.reader) run.push(text)
    else runs.push([text])
  }
  return runs
}

async function lookAtSome(tx: Tx, now: Instant): Promise<TextReport> {
  const ticketKeys = await takeTextChecks(tx, AT_ONCE)
  const readersAt = await textReaders(tx)
  const { leaving, moved, placing } = await readTexts(tx, readersAt, ticketKeys)
  // First those that leave: nothing joins a cluster because of a text that is no longer in it.
  await mendClusters(tx, readersAt(now).reader, await deleteSignatures(tx, leaving), now)
  await saveSignatures(tx, moved)
  let report: TextReport = { ...NOTHING, looked: ticketKeys.length, left: leaving.length }
  for (const run of runsOf(placing)) report = sumOf(report, await placeTexts(tx, (run[0] as TextToPlace).reader, run, now))
  await pruneBands(tx, now - FOUND_FOR)
  return report
}

/**
 * Looks at every text in line, after the commit that put it there, and moves it to the cluster where it belongs (domain.md 5.3.2): each exactly
 * once, in transactions of bounded size, one look at a time over all processes. Who comes while another is at it leaves the work to that one. Killed
 * anywhere, what was taken out is back in line. The same texts in the same order give the same clusters, however they are cut into looks.
 */
export async function clusterTexts(engine: Engine, now: Instant): Promise<TextReport> {
  let sum = NOTHING
  while (await hasTextChecks(engine.pool)) {
    const report = await inTransaction(engine.pool, async (tx) => ((await tryTextLock(tx)) ? lookAtSome(tx, now) : null))
    if (report === null) break
    sum = sumOf(sum, report)
  }
  return sum
}

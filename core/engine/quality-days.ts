import { ENGINE_SCOPE } from '../domain/access.ts'
import { isUsualVolume } from '../domain/quality/dq-13-volume.ts'
import { rollUpGap } from '../domain/quality/dq-14-roll-up.ts'
import { isWithin, type RegionTree } from '../domain/region.ts'
import { DAY, dayStart, floorTo, HOUR, type Instant, localDate, MINUTE, shiftDays, type Zone } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { hasDifferences } from '../store/difference-store.ts'
import { countCells, countHours, countNodes, type HourCount, type NodeCount, type QualityCount, setQuality } from '../store/quality-store.ts'
import { takeTickSlot } from '../store/tick-slot-store.ts'
import type { Engine } from './context.ts'

const SLOT = 'quality'
const WEEKS = 8
/** An hour is judged when it has been over for this long: the last of it is on its way. */
const SETTLED = 10 * MINUTE

const hourKey = (provinceCode: string, hourAt: Instant) => `${provinceCode}|${hourAt}`

interface VolumeInput {
  readonly counts: ReadonlyMap<string, number>
  /** First accepted ticket known of each province: before it there was no feed, not a quiet one. */
  readonly firsts: ReadonlyMap<string, Instant>
}

function volumeOf(hours: readonly HourCount[]): VolumeInput {
  const firsts = new Map<string, Instant>()
  for (const { provinceCode, hourAt } of hours) firsts.set(provinceCode, Math.min(firsts.get(provinceCode) ?? hourAt, hourAt))
  return { counts: new Map(hours.map(({ provinceCode, hourAt, n }) => [hourKey(provinceCode, hourAt), n])), firsts }
}

/** DQ-13 of one province's day: its settled hours that can be judged, and those that are out of the ordinary. */
function judgeHours(
  provinceCode: string,
  dayAt: Instant,
  now: Instant,
  zone: Zone,
  { counts, firsts }: VolumeInput,
): { checked: number; failed: number } {
  const first = firsts.get(provinceCode) ?? Number.POSITIVE_INFINITY
  const sum = { checked: 0, failed: 0 }
  for (let hourAt = dayAt; hourAt < shiftDays(dayAt, 1, zone) && hourAt + HOUR + SETTLED <= now; hourAt += HOUR) {
    const weeks = Array.from({ length: WEEKS }, (_, index) => shiftDays(hourAt, -7 * (index + 1), zone)).filter((at) => at >= first)
    const count = counts.get(hourKey(provinceCode, hourAt)) ?? 0
    const isUsual = isUsualVolume(
      count,
      weeks.map((at) => counts.get(hourKey(provinceCode, at)) ?? 0),
    )
    if (isUsual === null) continue
    sum.checked += 1
    if (!isUsual) sum.failed += 1
  }
  return sum
}

const sumWithin = (nodes: readonly NodeCount[], path: string) =>
  nodes.reduce((sum, node) => (isWithin(node.regionPath, path) ? sum + node.n : sum), 0)

/** DQ-14 of one province's day: cities whose districts and unassigned tickets do not add up to what the city's cells hold. */
function judgeCities(
  tree: RegionTree,
  provinceCode: string,
  tickets: readonly NodeCount[],
  cells: readonly NodeCount[],
): { checked: number; failed: number } {
  const sum = { checked: 0, failed: 0 }
  for (const city of tree.children(provinceCode)) {
    const districts = tree.children(city.code).map(({ path }) => sumWithin(tickets, path))
    const unassigned = sumWithin(tickets, city.path) - districts.reduce((total, n) => total + n, 0)
    const total = sumWithin(cells, city.path)
    if (total === 0 && unassigned === 0 && districts.every((n) => n === 0)) continue
    sum.checked += 1
    if (rollUpGap(districts, unassigned, total) !== 0) sum.failed += 1
  }
  return sum
}

/** Judges volume and roll-up of every province on the local day that begins at `dayAt`, and sets its counts: again it sets the same. */
export async function judgeProvinceDays(engine: Engine, tx: Tx, dayAt: Instant, now: Instant): Promise<void> {
  const { tree, zone } = engine
  const dayEnd = shiftDays(dayAt, 1, zone)
  const hours: HourCount[] = []
  for (let week = 0; week <= WEEKS; week++) {
    const from = shiftDays(dayAt, -7 * week, zone)
    hours.push(...(await countHours(tx, ENGINE_SCOPE, from, shiftDays(from, 1, zone))))
  }
  const volume = volumeOf(hours)
  // Cells that still wait for their tally cannot be compared with tickets yet: the next hour does.
  const isCounted = !(await hasDifferences(tx))
  const [tickets, cells] = [await countNodes(tx, ENGINE_SCOPE, dayAt, dayEnd), await countCells(tx, ENGINE_SCOPE, dayAt)]
  const day = localDate(dayAt, zone)
  const counts = tree
    .all()
    .filter(({ level }) => level === 'province')
    .flatMap(({ code: provinceCode }): QualityCount[] => [
      { provinceCode, day, checkId: 'DQ-13', dimension: 'hours', ...judgeHours(provinceCode, dayAt, now, zone, volume) },
      ...(isCounted ? [{ provinceCode, day, checkId: 'DQ-14', dimension: 'cities', ...judgeCities(tree, provinceCode, tickets, cells) }] : []),
    ])
  await setQuality(
    tx,
    counts.filter(({ checked }) => checked > 0),
  )
}

/** Once an hour: yesterday and today, by whoever comes first. */
export async function judgeQualityDays(engine: Engine, now: Instant): Promise<boolean> {
  return inTransaction(engine.pool, async (tx) => {
    if (!(await takeTickSlot(tx, SLOT, floorTo(now - SETTLED, HOUR)))) return false
    const today = dayStart(now, engine.zone)
    for (const dayAt of [dayStart(today - DAY / 2, engine.zone), today]) await judgeProvinceDays(engine, tx, dayAt, now)
    return true
  })
}

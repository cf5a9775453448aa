import type { OwnReadiness, ReadinessAnswer, ReadinessRow, ReadinessShown } from '../contract/readiness.ts'
import { isCalled } from '../domain/escalation/channels-of-position.ts'
import type { Position } from '../domain/escalation/position.ts'
import { FORECAST } from '../domain/oncall/gaps.ts'
import { READINESS_STATES } from '../domain/oncall/readiness.ts'
import { type RosterBook, spansOf } from '../domain/oncall/who-is-on.ts'
import type { RegionNode, Scope } from '../domain/region.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { loadContactTests, loadReadyPeople } from '../store/readiness-store.ts'
import { loadRosterPositions } from '../store/roster-store.ts'
import type { Engine } from './context.ts'
import { loadReadiness, type ReadinessTerms, readinessTerms, shownReadiness, usesOf } from './readiness.ts'
import { keyOf, loadRosterBooks } from './roster-books.ts'

type Duty = NonNullable<ReadinessRow['duty']>

/** Somebody at a position, with his turn at it. */
interface Named extends Position {
  readonly userId: string
  readonly name: string
  readonly duty: Duty | null
}

/** Everybody whom a roster has on in the next 14 days, each with his first stretch; as primary before as deputy. */
function onDuty(position: Position, book: RosterBook, now: Instant): Named[] {
  const found = new Map<string, Named>()
  const spans = spansOf(book, now, now + FORECAST)
  for (const as of ['primary', 'deputy'] as const) {
    for (const span of spans) {
      const userId = span[as]
      if (userId === null || found.has(userId)) continue
      found.set(userId, { ...position, userId, name: book.people.get(userId)?.name ?? '', duty: { from: span.from, to: span.to, as, isNow: span.from <= now } })
    }
  }
  return [...found.values()]
}

/** Who holds a position that ladders call, and who is on by a roster, below a region: each once at each position. */
async function namedBelow(engine: Engine, terms: ReadinessTerms, scope: Scope, regionPath: string): Promise<Named[]> {
  const { sql, tree, now } = terms
  const { calendar } = await engine.settings(now)
  const positions = (await loadRosterPositions(sql, scope)).filter(({ regionCode }) => tree.get(regionCode)?.path.startsWith(regionPath) === true).map(({ role, regionCode }): Position => ({ role, regionCode }))
  const books = await loadRosterBooks(sql, positions, { zone: engine.zone, calendar: calendar.body }, now - DAY, now + FORECAST)
  const turns = positions.flatMap((position) => {
    const book = books.get(keyOf(position))
    return book === undefined ? [] : onDuty(position, book, now)
  })
  const uses = usesOf(terms.ladders, tree)
  const holders = (await loadReadyPeople(sql, scope, regionPath))
    .filter((person) => isCalled(uses(person)))
    .map(({ userId, name, role, regionCode }): Named => ({ userId, name, role, regionCode, duty: null }))
  return [...new Map([...holders, ...turns].map((one) => [`${one.userId} ${keyOf(one)}`, one])).values()]
}

async function judged(terms: ReadinessTerms, people: readonly Named[]): Promise<ReadinessRow[]> {
  const found = await loadReadiness(terms, people.map(({ userId, role, regionCode, duty }) => ({ userId, role, regionCode, isOn: duty?.isNow === true })))
  return people.flatMap(({ userId, name, role, regionCode, duty }, index) => {
    const [readiness, node] = [found[index], terms.tree.get(regionCode)]
    return readiness === undefined ? [] : [{ userId, name, role, regionCode, regionNameZh: node?.nameZh ?? regionCode, regionNameEn: node?.nameEn ?? regionCode, duty, readiness: shownReadiness(readiness) }]
  })
}

const rankOf = ({ readiness }: ReadinessRow): number => READINESS_STATES.indexOf(readiness.state)
const beginsAt = ({ duty }: ReadinessRow): number => duty?.from ?? Number.POSITIVE_INFINITY
const inOrder = (a: ReadinessRow, b: ReadinessRow): number =>
  rankOf(a) - rankOf(b) || (beginsAt(a) === beginsAt(b) ? 0 : beginsAt(a) - beginsAt(b)) || (a.name < b.name ? -1 : 1)

/** Who is called at the positions of a region and below, worst first, at most `limit`: whom ladders name, and whom rosters have on within 14 days. */
export async function viewReadiness(engine: Engine, scope: Scope, region: RegionNode, now: Instant, limit: number): Promise<ReadinessAnswer> {
  const terms = await readinessTerms(engine, now)
  const rows = (await judged(terms, await namedBelow(engine, terms, scope, region.path))).filter(({ readiness }) => readiness.state !== 'not_called').sort(inOrder)
  const count = (state: ReadinessShown['state']) => rows.filter(({ readiness }) => readiness.state === state).length
  const counts = { unreachable: count('unreachable'), partly: count('partly'), reachable: count('reachable') }
  return { at: now, zone: engine.zone, total: rows.length, counts, items: rows.slice(0, limit) }
}

/** The caller's own readiness at every position at which he is called, and his last tests. */
export async function viewOwnReadiness(engine: Engine, scope: Scope, userId: string, now: Instant): Promise<OwnReadiness> {
  const terms = await readinessTerms(engine, now)
  const own = (await namedBelow(engine, terms, scope, scope.path)).filter((one) => one.userId === userId)
  const rows = (await judged(terms, own)).sort(inOrder)
  return { at: now, zone: engine.zone, items: rows.map(({ userId: _id, name: _name, ...row }) => row), tests: await loadContactTests(terms.sql, userId) }
}

import type { OnCallAnswer, OnDutyShown, PersonShown, RosterAnswer, RosterGapsAnswer, RosterHistory, RostersAnswer, StandingChange } from '../contract/rosters.ts'
import type { Position } from '../domain/escalation/position.ts'
import { FORECAST, gapsOf } from '../domain/oncall/gaps.ts'
import type { RosterBody } from '../domain/oncall/roster.ts'
import { spanOfChange } from '../domain/oncall/named-shift.ts'
import { mayHold } from '../domain/oncall/roster-faults.ts'
import type { Shift } from '../domain/oncall/shift.ts'
import { rolesAt } from '../domain/oncall/stand-in.ts'
import type { PersonReadiness } from '../domain/oncall/readiness.ts'
import { nextChange, type OnDutySpan, type RosterBook, spansOf, whoIsOn } from '../domain/oncall/who-is-on.ts'
import type { RegionNode, RegionTree, Scope } from '../domain/region.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadChangeHistory, loadRosterCandidates, loadRosterPositions, loadRosterVersions } from '../store/roster-store.ts'
import type { Engine } from './context.ts'
import { loadReadiness, type ReadyAt, readinessTerms, shownReadiness } from './readiness.ts'
import { keyOf, loadRosterBooks, type RosterTerms } from './roster-books.ts'

/** What a view is made of and by. */
export interface RosterView {
  readonly sql: Sql
  readonly tree: RegionTree
  readonly terms: RosterTerms
  readonly now: Instant
  /** Whether people would be reached, in their order (docs/adr/0038). */
  readonly readiness: (asked: readonly ReadyAt[]) => Promise<PersonReadiness[]>
}

/** A view upon the engine's pool as of `now`. */
export async function rosterView(engine: Engine, now: Instant, sql: Sql = engine.pool): Promise<RosterView> {
  const { calendar } = await engine.settings(now)
  const readiness = async (asked: readonly ReadyAt[]) => loadReadiness(await readinessTerms(engine, now, sql), asked)
  return { sql, tree: engine.tree, terms: { zone: engine.zone, calendar: calendar.body }, now, readiness }
}

/** How far ahead the next change is looked for. */
const AHEAD = 63 * DAY

function named(position: Position, tree: RegionTree) {
  const node = tree.get(position.regionCode)
  return { role: position.role, regionCode: position.regionCode, regionNameZh: node?.nameZh ?? position.regionCode, regionNameEn: node?.nameEn ?? position.regionCode }
}

const personIn = (book: RosterBook, userId: string): PersonShown => ({ userId, name: book.people.get(userId)?.name ?? '' })
const shiftShown = ({ date, part, kind, from, to }: Shift) => ({ date, part, kind, from, to })

function shown(book: RosterBook, span: OnDutySpan): OnDutyShown {
  const person = (userId: string | null) => (userId === null ? null : personIn(book, userId))
  const { change } = span
  return {
    from: span.from,
    to: span.to,
    shift: span.shift === null ? null : shiftShown(span.shift),
    primary: person(span.primary),
    deputy: person(span.deputy),
    source: span.source,
    change: change === null ? null : { id: change.id, author: change.author, reason: change.reason },
    absent: span.absent.map(({ userId, why }) => ({ ...personIn(book, userId), why })),
  }
}

/** The stretch that holds an instant, from the beginning of its shift at the earliest. */
function stretchAt(book: RosterBook, at: Instant): OnDutyShown | null {
  const span = spansOf(book, at - DAY, at + DAY).find(({ from, to }) => from <= at && at < to)
  return span === undefined ? null : shown(book, span)
}

/** The readiness of whoever is on at these positions at `now`, by `role@region`. */
async function readyOnDuty({ readiness, now }: RosterView, books: ReadonlyMap<string, RosterBook>, positions: readonly Position[]): Promise<Map<string, PersonReadiness>> {
  const on = positions.flatMap((position): ReadyAt[] => {
    const book = books.get(keyOf(position))
    const userId = book === undefined ? null : whoIsOn(book, now).primary
    return userId === null ? [] : [{ ...position, userId, isOn: true }]
  })
  const found = await readiness(on)
  return new Map(on.flatMap((one, index) => (found[index] === undefined ? [] : [[keyOf(one), found[index]] as const])))
}

/** The positions of one region with who is on now, and whether he can be reached; those without a roster too. */
export async function viewRosters(view: RosterView, scope: Scope, region: RegionNode, mayChange: boolean): Promise<RostersAnswer> {
  const { sql, tree, terms, now } = view
  const held = (await loadRosterPositions(sql, scope)).filter(({ regionCode }) => regionCode === region.code).map(({ role, regionCode }) => ({ role, regionCode }))
  const positions = [...new Map([...rolesAt(region.level).map((role) => ({ role, regionCode: region.code })), ...held].map((one) => [keyOf(one), one])).values()]
  const books = await loadRosterBooks(sql, positions, terms, now - DAY, now + AHEAD)
  const ready = await readyOnDuty(view, books, positions)
  const items = positions.map((position) => {
    const [book, readiness] = [books.get(keyOf(position)), ready.get(keyOf(position))]
    if (book === undefined) return { ...named(position, tree), hasRoster: false, now: null, readiness: null, nextChangeAt: null, gaps: 0 }
    return { ...named(position, tree), hasRoster: true, now: stretchAt(book, now), readiness: readiness === undefined ? null : shownReadiness(readiness), nextChangeAt: nextChange(book, now), gaps: gapsOf(book, now, now + FORECAST).length }
  })
  return { at: now, zone: terms.zone, mayChange, items }
}

function standing(book: RosterBook): StandingChange[] {
  return book.changes.flatMap(({ id, body, author, reason, at }) => {
    const span = spanOfChange(book, body)
    const ids = body.kind === 'leave' ? [body.userId] : body.kind === 'swap' ? body.people : [body.crew.primary, ...(body.crew.deputy === null ? [] : [body.crew.deputy])]
    return span === null ? [] : [{ id, kind: body.kind, from: span.from, to: span.to, people: ids.map((userId) => personIn(book, userId)), author, reason, at }]
  })
}

/** The stretches that begin in a window, each to its end, so that a night stands whole on the day on which it begins; none before the first roster. */
const beginningIn = (book: RosterBook, { from, to }: { readonly from: Instant; readonly to: Instant }) =>
  spansOf(book, from - DAY, to + DAY).filter((span) => span.shift !== null && span.from >= from && span.from < to)

const plain = ({ pattern, fromMinute, toMinute, rotations }: RosterBody) => ({
  pattern, fromMinute, toMinute,
  rotations: rotations.map(({ kinds, crews, anchor, turnDays }) => ({ kinds: [...kinds], crews: crews.map((crew) => ({ ...crew })), anchor, turnDays })),
})

/** One position: its roster, who is on in the stretches that begin in the window, the changes that stand in that window, and whom one could put on. */
export async function viewRoster(
  { sql, tree, terms, now }: RosterView,
  scope: Scope,
  position: Position,
  window: { readonly from: Instant; readonly to: Instant },
  mayChange: boolean,
): Promise<RosterAnswer> {
  const revision = (await loadRosterPositions(sql, scope)).find((held) => keyOf(held) === keyOf(position))?.revision ?? 0
  const newest = (await loadRosterVersions(sql, [position])).at(-1)
  const book = (await loadRosterBooks(sql, [position], terms, Math.min(window.from, now) - DAY, Math.max(window.to + DAY, now + AHEAD))).get(keyOf(position))
  const path = tree.get(position.regionCode)?.path ?? ''
  const candidates = mayChange ? (await loadRosterCandidates(sql, scope, path)).filter((one) => mayHold(one, { ...position, regionPath: path })) : []
  return {
    ...named(position, tree),
    zone: terms.zone,
    at: now,
    revision,
    mayChange,
    roster: newest === undefined ? null : { version: newest.version, effectiveFrom: newest.effectiveFrom, body: plain(newest.body) },
    spans: book === undefined ? [] : beginningIn(book, window).map((span) => shown(book, span)),
    changes: book === undefined ? [] : standing(book),
    candidates: candidates.map(({ userId, name, role }) => ({ userId, name, role })),
  }
}

/** Who is on for a position at an instant, and when that next changes. The position's region is the reader's own or below it. */
export async function viewOnCall({ sql, tree, terms }: RosterView, scope: Scope, position: Position, at: Instant): Promise<OnCallAnswer> {
  const held = (await loadRosterPositions(sql, scope)).filter((one) => keyOf(one) === keyOf(position))
  const book = (await loadRosterBooks(sql, held, terms, at - DAY, at + AHEAD)).get(keyOf(position))
  return { ...named(position, tree), at, onCall: book === undefined ? null : stretchAt(book, at), nextChangeAt: book === undefined ? null : nextChange(book, at) }
}

/** The gaps of the next 14 days of every roster in the scope, the nearest first. */
export async function viewRosterGaps({ sql, tree, terms, now }: RosterView, scope: Scope, region: RegionNode): Promise<RosterGapsAnswer> {
  const positions = (await loadRosterPositions(sql, scope)).filter(({ regionCode }) => tree.get(regionCode)?.path.startsWith(region.path) === true)
  const until = now + FORECAST
  const books = await loadRosterBooks(sql, positions, terms, now - DAY, until)
  const items = positions.flatMap((position) => {
    const book = books.get(keyOf(position))
    return (book === undefined ? [] : gapsOf(book, now, until)).map(({ from, to, shift, absent }) => ({ ...named(position, tree), from, to, shift: shiftShown(shift), absent: absent.length }))
  })
  return { at: now, until, items: items.sort((a, b) => a.from - b.from) }
}

const MOST_SHOWN = 100

/** What was written about a position's roster, newest first: versions and changes, those withdrawn too. */
export async function viewRosterHistory({ sql }: RosterView, scope: Scope, position: Position): Promise<RosterHistory> {
  const held = (await loadRosterPositions(sql, scope)).filter((one) => keyOf(one) === keyOf(position))
  const versions = (await loadRosterVersions(sql, held)).map((one) => ({ at: one.createdAt, author: one.author, reason: one.reason, what: 'roster' as const, ref: String(one.version), withdrawn: null }))
  const changes = (held.length === 0 ? [] : await loadChangeHistory(sql, position, MOST_SHOWN)).map((one) => ({
    at: one.at, author: one.author, reason: one.reason, what: one.body.kind, ref: one.id,
    withdrawn: one.withdrawnAt === null ? null : { at: one.withdrawnAt, by: one.withdrawnBy ?? '', reason: one.withdrawnReason ?? '' },
  }))
  return { items: [...versions, ...changes].sort((a, b) => b.at - a.at).slice(0, MOST_SHOWN) }
}

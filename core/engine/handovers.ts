import type { Position } from '../domain/escalation/position.ts'
import { DRAFT_BEFORE, type Handover, isConfirmed, type ShiftPerson, UNCONFIRMED_AFTER } from '../domain/oncall/handover.ts'
import { ENGINE_SCOPE } from '../domain/access.ts'
import { type OnDuty, type RosterBook, whoIsOn } from '../domain/oncall/who-is-on.ts'
import { rolesAt } from '../domain/oncall/stand-in.ts'
import { DAY, type Instant } from '../domain/time.ts'
import type { Role } from '../domain/vocabulary.ts'
import { askForHandover, type HandoverRow, insertHandover, lockDueChange, lockUnconfirmed, markChanged, markTold } from '../store/handover-store.ts'
import { loadRosterPositions } from '../store/roster-store.ts'
import { moveAlert, openAlert } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'
import { keyOf, loadRosterBooks } from './roster-books.ts'
import { inEngineTransaction } from './transaction.ts'

/** The rule by which a record that nobody confirmed is told. */
export const HANDOVER_RULE = 'HO-01'

/** Those who run a desk, the one by whose roster its shifts are cut first (domain.md 7.6; docs/adr/0033). */
const DESK_ROLES: readonly Role[] = ['duty_manager', 'group_ops', 'duty_leader', 'duty_agent']

/** The positions of a place's desk that have rosters. */
async function loadDesks(etx: Pick<EngineTx, 'tx' | 'engine'>): Promise<Map<string, Position[]>> {
  const positions = (await loadRosterPositions(etx.tx, ENGINE_SCOPE)).filter(({ role, regionCode }) => {
    const level = etx.engine.tree.get(regionCode)?.level
    return DESK_ROLES.includes(role) && level !== undefined && rolesAt(level).includes(role)
  })
  const desks = new Map<string, Position[]>()
  for (const position of positions) desks.set(position.regionCode, [...(desks.get(position.regionCode) ?? []), position])
  for (const desk of desks.values()) desk.sort((a, b) => DESK_ROLES.indexOf(a.role) - DESK_ROLES.indexOf(b.role))
  return desks
}

const booksOf = (etx: EngineTx, positions: readonly Position[], from: Instant, to: Instant) =>
  loadRosterBooks(etx.tx, positions, { zone: etx.engine.zone, calendar: etx.settings.calendar.body }, from, to)

/** The shift at an instant: when it ends; null before the first roster. */
const endOf = (book: RosterBook, at: Instant): Instant | null => whoIsOn(book, at).shift?.to ?? null

/** Drafts the record of every change of shift of the next hour; returns how many there are. To be asked once a minute. */
export async function draftHandovers(engine: Engine, now: Instant): Promise<number> {
  return inEngineTransaction(engine, now, async (etx) => {
    let drafted = 0
    for (const [regionCode, [leading]] of await loadDesks(etx)) {
      const book = leading === undefined ? undefined : (await booksOf(etx, [leading], now - DAY, now + 3 * DAY)).get(keyOf(leading))
      const at = book === undefined ? null : endOf(book, now)
      if (book === undefined || at === null || at > now + DRAFT_BEFORE) continue
      await insertHandover(etx.tx, { regionCode, regionPath: engine.tree.get(regionCode)?.path ?? '', at, until: endOf(book, at) ?? at + DAY }, now)
      drafted += 1
    }
    return drafted
  })
}

const peopleOf = ({ role }: Position, { primary, deputy }: OnDuty, book: RosterBook): ShiftPerson[] =>
  [primary, deputy].flatMap((userId) => (userId === null ? [] : [{ userId, name: book.people.get(userId)?.name ?? '', role }]))

/** Who goes and who comes at a change, by the rosters. */
export async function crewsAt(etx: EngineTx, { regionCode, at }: Pick<HandoverRow, 'regionCode' | 'at'>): Promise<Pick<Handover, 'outgoing' | 'incoming'>> {
  const desk = (await loadDesks(etx)).get(regionCode) ?? []
  const books = await booksOf(etx, desk, at - DAY, at + DAY)
  const crew = (instant: Instant) =>
    desk.flatMap((position) => {
      const book = books.get(keyOf(position))
      return book === undefined ? [] : peopleOf(position, whoIsOn(book, instant), book)
    })
  return { outgoing: crew(at - 1), incoming: crew(at) }
}

/** The shift changes: whoever comes on is told at once of what is unanswered (domain.md 7.6; S-12). */
async function change(etx: EngineTx): Promise<boolean> {
  const due = await lockDueChange(etx.tx, etx.now)
  if (due === undefined) return false
  const { outgoing, incoming } = await crewsAt(etx, due)
  await markChanged(etx.tx, due.id, outgoing, incoming, etx.now)
  const comes = incoming.some(({ userId }) => !outgoing.some((leaving) => leaving.userId === userId))
  if (comes && (await askForHandover(etx.tx, due.regionPath, due.at)) > 0) etx.bells.add('escalate')
  return true
}

/** A record that one side has not signed half an hour after the change is a yellow alert (domain.md 7.6; S-12: at 20:30). */
async function tell(etx: EngineTx): Promise<boolean> {
  const found = await lockUnconfirmed(etx.tx, etx.now - UNCONFIRMED_AFTER)
  if (found === undefined) return false
  const missing = [found.signed.outgoing === null ? '交班方 outgoing' : null, found.signed.incoming === null ? '接班方 incoming' : null].filter((one) => one !== null)
  const reason = `交接班 30 分钟仍未确认 / Handover not confirmed 30 min after the change: ${missing.join('、')}`
  const facts = { handoverId: found.id, changeAt: found.at }
  const alert = await openAlert(etx, {
    kind: 'risk', ruleId: HANDOVER_RULE, severity: 2, ticketKey: null, regionCode: found.regionCode, facts, parameters: { minutes: 30 }, ruleVersion: 1, openedAt: found.at + UNCONFIRMED_AFTER, suppressedBy: null, reason,
  })
  await markTold(etx.tx, found.id, alert.id)
  return true
}

/** Sees to changes of shift that have come and tells of records that nobody confirmed; returns how many. Several workers may run it at once. */
export async function runHandovers(engine: Engine, now: Instant): Promise<number> {
  let done = 0
  while (await inEngineTransaction(engine, now, change)) done += 1
  while (await inEngineTransaction(engine, now, tell)) done += 1
  return done
}

/** What tells of a record is over once both sides have signed it. */
export async function settleHandoverAlert(etx: EngineTx, handover: Pick<HandoverRow, 'alertId' | 'signed'>): Promise<void> {
  if (handover.alertId === null || !isConfirmed(handover)) return
  await moveAlert(etx, handover.alertId, { move: 'mitigate', reason: '双方已确认 / Both sides have confirmed' }, { kind: 'engine' }, 'engine')
}

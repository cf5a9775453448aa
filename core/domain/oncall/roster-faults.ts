import type { Position } from '../escalation/position.ts'
import { isWithin } from '../region.ts'
import { ROLE_NAMES } from '../role-names.ts'
import { DAY, type Instant } from '../time.ts'
import type { Role } from '../vocabulary.ts'
import { isDate, shiftNamed } from './named-shift.ts'
import { type ChangeBody, type Crew, peopleOf, type RosterBody, type RosterChange, type Rotation } from './roster.ts'
import { KINDS_OF, type Shift, type ShiftKey, SHIFT_PATTERNS } from './shift.ts'
import { mayStandIn } from './stand-in.ts'
import { type RosterBook, spansOf } from './who-is-on.ts'

/** Somebody who could be put on a roster. */
export interface Candidate {
  readonly role: Role
  readonly regionPath: string
  readonly isDisabled: boolean
}

/** What a roster is checked against. */
export interface RosterFacts {
  readonly position: Position & { readonly regionPath: string }
  /** By user id; who is not in it does not exist, or is out of the reader's sight. */
  readonly candidates: ReadonlyMap<string, Candidate>
}

/** Whether somebody may be on for a position: he sees all of its region, may acknowledge all that its own people may, and his account is in use. */
export function mayHold({ role, regionPath, isDisabled }: Candidate, position: RosterFacts['position']): boolean {
  return !isDisabled && isWithin(position.regionPath, regionPath) && mayStandIn(role, position.role)
}

const fault = (field: string, zh: string, en: string) => `${field}: ${zh} / ${en}`

function personFault(userId: string, field: string, { position, candidates }: RosterFacts): readonly string[] {
  const candidate = candidates.get(userId)
  if (candidate === undefined || candidate.isDisabled) return [fault(field, '没有此人，或账户已停用；请从人选中选择', 'there is no such person, or the account is disabled; choose one of the people listed')]
  if (mayHold(candidate, position)) return []
  const role = ROLE_NAMES[position.role]
  return [fault(field, `此人的角色或区域不能代任${role.zh}；请选本区域或上级区域、确认权限不低于该岗位的人`, `this person's role or region cannot stand in for the ${role.en}; choose somebody of the region or above it who may acknowledge as much`)]
}

function crewFaults({ primary, deputy }: Crew, at: string, facts: RosterFacts): readonly string[] {
  if (primary === deputy) return [fault(`${at}.deputy`, '主、副班不能是同一人；请换一人或留空', 'primary and deputy are one person; choose another or leave it empty')]
  return [...personFault(primary, `${at}.primary`, facts), ...(deputy === null ? [] : personFault(deputy, `${at}.deputy`, facts))]
}

function timesFaults({ pattern, fromMinute, toMinute }: RosterBody): readonly string[] {
  if (!SHIFT_PATTERNS.includes(pattern)) return [fault('pattern', `${SHIFT_PATTERNS.join('、')} 之一`, `one of ${SHIFT_PATTERNS.join(', ')}`)]
  for (const [field, minute] of [['fromMinute', fromMinute], ['toMinute', toMinute]] as const) {
    if (!Number.isInteger(minute) || minute < 0 || minute >= 1440 || minute % 15 !== 0) {
      return [fault(field, '0 至 1425 的整刻钟分钟数；请取整到一刻钟', 'minutes after midnight in whole quarters of an hour, 0 to 1425; round it')]
    }
  }
  const length = toMinute - fromMinute
  return length >= 120 && length <= 1320 ? [] : [fault('toMinute', '比 fromMinute 晚 2 至 22 小时；请调整起止时刻', '2 to 22 hours after fromMinute; move one of them')]
}

function rotationFaults(rotation: Rotation, at: string, body: RosterBody, facts: RosterFacts): readonly string[] {
  const { kinds, crews, anchor, turnDays } = rotation
  const all = KINDS_OF[body.pattern]
  if (kinds.length === 0 || kinds.some((kind) => !all.includes(kind))) return [fault(`${at}.kinds`, `取自 ${all.join('、')}，至少一种`, `of ${all.join(', ')}, at least one`)]
  if (crews.length === 0 || crews.length > 40) return [fault(`${at}.crews`, '1 至 40 组；请至少安排一组', '1 to 40 crews; name at least one')]
  if (!isDate(anchor)) return [fault(`${at}.anchor`, '真实存在的日期 YYYY-MM-DD', 'a real date as YYYY-MM-DD')]
  if (!Number.isInteger(turnDays) || turnDays < 0 || turnDays > 31) return [fault(`${at}.turnDays`, '0（逐班轮换）至 31 天', '0 (with every shift) to 31 days')]
  if (turnDays === 0 && kinds.length < all.length) return [fault(`${at}.turnDays`, '逐班轮换须包含全部班次；请改为按天轮换或选全部班次', 'a turn with every shift needs all kinds of shifts; turn by days or choose all')]
  return crews.flatMap((crew, index) => crewFaults(crew, `${at}.crews[${index}]`, facts))
}

/** What is wrong with a roster, each as `field: 中文 / English`; none for one that names somebody sound for every shift. */
export function rosterFaults(body: RosterBody, facts: RosterFacts): readonly string[] {
  const times = timesFaults(body)
  if (times.length > 0) return times
  const found = body.rotations.flatMap((rotation, index) => rotationFaults(rotation, `rotations[${index}]`, body, facts))
  if (found.length > 0) return found
  const covered = body.rotations.flatMap(({ kinds }) => kinds)
  const twice = covered.find((kind, index) => covered.indexOf(kind) !== index)
  if (twice !== undefined) return [fault('rotations', `每种班次只属于一个轮换，${twice} 重复；请从其中一个删去`, `each kind of shift in one rotation only, ${twice} is in two; take it out of one`)]
  const missing = KINDS_OF[body.pattern].find((kind) => !covered.includes(kind))
  return missing === undefined ? [] : [fault('rotations', `缺少班次 ${missing} 的轮换；请补上`, `no rotation has the shift ${missing}; add one`)]
}

/** What a change is checked against, beside the people: the roster as it stands. */
export interface ChangeFacts extends RosterFacts {
  readonly book: RosterBook
  readonly now: Instant
}

const AHEAD = 366 * DAY

function shiftFaults(key: ShiftKey, field: string, { book, now }: ChangeFacts): readonly string[] {
  const shift = shiftNamed(book, key)
  if (shift === null) return [fault(field, '该日期没有班次；请先排班，日期写 YYYY-MM-DD', 'there is no such shift; make a roster first, the date as YYYY-MM-DD')]
  if (shift.to <= now) return [fault(field, '该班次已结束；请选当前或以后的班次', 'that shift is over; choose one that runs or is to come')]
  return shift.from > now + AHEAD ? [fault(field, '一年以内的班次', 'a shift within a year')] : []
}

function isOnLeave(changes: readonly RosterChange[], userId: string, shift: Shift): boolean {
  return changes.some(({ body }) => body.kind === 'leave' && body.userId === userId && body.from < shift.to && shift.from < body.to)
}

function leaveFault(userId: string, key: ShiftKey, field: string, { book }: ChangeFacts): readonly string[] {
  const shift = shiftNamed(book, key)
  if (shift === null || !isOnLeave(book.changes, userId, shift)) return []
  return [fault(field, '此人在该班次请假；请换人，或先撤销请假', 'this person is on leave then; choose another, or withdraw the leave first')]
}

function overrideFaults({ shift, crew }: Extract<ChangeBody, { kind: 'override' }>, facts: ChangeFacts): readonly string[] {
  const found = [...shiftFaults(shift, 'shift', facts), ...crewFaults(crew, 'crew', facts)]
  if (found.length > 0) return found
  const named = [[crew.primary, 'crew.primary'], [crew.deputy, 'crew.deputy']] as const
  return named.flatMap(([userId, field]) => (userId === null ? [] : leaveFault(userId, shift, field, facts)))
}

function swapFaults({ shifts, people }: Extract<ChangeBody, { kind: 'swap' }>, facts: ChangeFacts): readonly string[] {
  const { book } = facts
  const found = [0, 1].flatMap((index) => [...shiftFaults(shifts[index as 0 | 1], `shifts[${index}]`, facts), ...personFault(people[index as 0 | 1], `people[${index}]`, facts)])
  if (found.length > 0) return found
  if (people[0] === people[1]) return [fault('people[1]', '换班须是两个人', 'a swap is between two people')]
  for (const index of [0, 1] as const) {
    const shift = shiftNamed(book, shifts[index])
    const [gives, comes] = [people[index], people[index === 0 ? 1 : 0]]
    const meant = shift === null ? [] : spansOf(book, shift.from, shift.to).flatMap(({ primary, deputy, absent }) => [primary, deputy, ...absent.map(({ userId }) => userId)])
    if (!meant.includes(gives)) return [fault(`people[${index}]`, '此人不在该班次；请核对日期与班次', 'this person is not on for that shift; check the date and the shift')]
    if (meant.includes(comes)) return [fault(`people[${index}]`, '对方已在该班次；请改用临时调整', 'the other is on for that shift already; make an override instead')]
    const away = leaveFault(comes, shifts[index], `people[${index === 0 ? 1 : 0}]`, facts)
    if (away.length > 0) return away
  }
  return []
}

function spanFaults({ userId, from, to }: Extract<ChangeBody, { kind: 'leave' }>, { candidates, book, now }: ChangeFacts): readonly string[] {
  if (!candidates.has(userId) || !peopleOf(book.versions, book.changes).includes(userId)) return [fault('userId', '此人不在本岗位的排班中', 'this person is not on the roster of the position')]
  if (to <= from) return [fault('to', '晚于开始；请对调或改正', 'after the beginning; swap or correct them')]
  if (to <= now) return [fault('to', '尚未结束的时段', 'a span that is not over yet')]
  return to - from > AHEAD ? [fault('to', '至多一年', 'a year at most')] : []
}

/** What is wrong with an override, a swap or a leave, each as `field: 中文 / English`. */
export function changeFaults(body: ChangeBody, facts: ChangeFacts): readonly string[] {
  if (body.kind === 'override') return overrideFaults(body, facts)
  return body.kind === 'swap' ? swapFaults(body, facts) : spanFaults(body, facts)
}

import type { Leg } from '../ticket/parts.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { rungsBeyond } from './course.ts'
import { bySpells, firstOf, type Spell } from './spells.ts'
import { lengthInWords, type Words } from './words.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'minutes', default: 15, least: 0, most: 10_080, stricter: 'lower', zh: '黄：无有效单位分钟', en: 'Yellow: minutes without a valid unit' },
  { name: 'A3', unit: 'minutes', default: 120, least: 0, most: 10_080, stricter: 'lower', zh: '橙：无有效单位分钟', en: 'Orange: minutes without a valid unit' },
]

/** Since when a stay has been without a unit that could work on it, until when, and why; null where its unit is as it should be. */
interface Want {
  readonly from: Instant
  readonly endedAt: Instant | null
  readonly what: Words
}

function wantOf(leg: Leg, { ticket, context }: TicketView): Want | null {
  const { unitId, isNamedByClaim, receivedAt, firstClaimedAt, finishedAt } = leg
  if (unitId === null || isNamedByClaim === true) {
    // Whoever claims it has it, with or without a unit of his own.
    return { from: receivedAt, endedAt: firstOf(firstClaimedAt, finishedAt), what: { zh: '派单未指明单位', en: 'dispatched to no unit' } }
  }
  if (context.units?.isLoaded(ticket.provinceCode) !== true) return null
  const closesAt = context.units.closesAt(unitId)
  if (closesAt === undefined) return { from: receivedAt, endedAt: finishedAt, what: { zh: '单位不在单位表中', en: 'unit not in the table of units' } }
  return closesAt === null ? null : { from: Math.max(receivedAt, closesAt), endedAt: finishedAt, what: { zh: '单位已撤销', en: 'unit closed' } }
}

function spellOf(leg: Leg, view: TicketView, values: ParameterValues): readonly Spell[] {
  const want = wantOf(leg, view)
  if (want === null) return []
  const { from, endedAt, what } = want
  const { zh, en } = lengthInWords((endedAt ?? view.at) - from)
  return [
    {
      cause: `stay:${leg.legId}:${leg.receivedAt}`,
      rungs: rungsBeyond(PARAMETERS, values, from),
      endedAt,
      words: { zh: `${what.zh}，已 ${zh}`, en: `${what.en}, for ${en}` },
    },
  ]
}

const judge = bySpells((view, values) => view.ticket.legs.filter(({ isAssist }) => !isAssist).flatMap((leg) => spellOf(leg, view, values)))

/**
 * Orphan ticket (domain.md 4.3): a main stay whose unit was not named, is in no table of units (where its province has loaded one, as DQ-06) or has
 * been closed. A unit that is entered later, or opens later, was right all along, and the alert is withdrawn. Tickets in no stay are AT-08's. Who works
 * for which unit is not known to the system, so a handler who left the company is not seen.
 */
export const ORPHAN_TICKET: AbnormalRule = {
  id: 'AT-20',
  nameZh: '孤儿单',
  nameEn: 'Orphan ticket',
  meaningZh: '工单已派出，但没有接收单位，或单位不在单位表中、已撤销。',
  meaningEn: 'The ticket was sent on, but to no unit, or to one that is in no table of units or has been closed.',
  clearsZh: '有人接单、转到有效单位或工单办结（自动）；补录单位后预警撤回。',
  clearsEn: 'Claimed, moved to a valid unit, or completed (by itself); withdrawn where the unit is entered in the table.',
  source: '[S2]/times assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  reads: ['units'],
  signs: () => [{ legs: 1 }],
}

import type { Leg } from '../ticket/parts.ts'
import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter } from './abnormal-rule.ts'
import { byCourse, causeOf, endsWithTicket, type Rung, rungsByCount } from './course.ts'
import { counted, inWords } from './words.ts'

const SAME_UNIT: RuleParameter = {
  name: 'sameUnit', unit: 'count', default: 2, least: 2, most: 50, stricter: 'lower', zh: '黄：到达同一单位次数', en: 'Yellow: arrivals at one unit',
}

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'count', default: 3, least: 1, most: 50, stricter: 'lower', zh: '黄：转派次数', en: 'Yellow: transfers' },
  { name: 'A3', unit: 'count', default: 5, least: 1, most: 50, stricter: 'lower', zh: '橙：转派次数', en: 'Orange: transfers' },
  SAME_UNIT,
]

const isMain = (leg: Leg): boolean => !leg.isAssist && leg.finish !== 'recalled'

/**
 * When the ticket was transferred, as often as `transferCount` says (domain.md 3.7-4). A dispatch out of processing leaves its claimed leg
 * as a reassignment does and is no transfer: of those the legs show more than were counted, and the latest are taken.
 */
export function transferInstants({ legs, transferCount }: Pick<Ticket, 'legs' | 'transferCount'>): readonly Instant[] {
  const ends = (some: readonly Leg[]) => some.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [finishedAt]))
  const transferred = ends(legs.filter((leg) => isMain(leg) && leg.finish === 'transferred'))
  const reassigned = ends(legs.filter((leg) => isMain(leg) && leg.finish === 'reassigned' && leg.firstClaimedAt !== null))
  return [...transferred, ...reassigned.slice(Math.max(0, transferred.length + reassigned.length - transferCount))]
}

/** Of each unit the instants at which the ticket came to it from elsewhere; a stay that follows one with the same unit is no arrival. */
function arrivals({ legs }: Pick<Ticket, 'legs'>): ReadonlyMap<string, readonly Instant[]> {
  const byUnit = new Map<string, Instant[]>()
  let last: string | null = null
  for (const { unitId, receivedAt } of legs.filter(isMain)) {
    if (unitId === null || unitId === last) continue
    last = unitId
    byUnit.set(unitId, [...(byUnit.get(unitId) ?? []), receivedAt])
  }
  return byUnit
}

function rungsOfReturns(byUnit: ReadonlyMap<string, readonly Instant[]>, values: ParameterValues): readonly Rung[] {
  const bound = values[SAME_UNIT.name] ?? SAME_UNIT.default
  return [...byUnit.values()].flatMap((instants): Rung[] => {
    const from = instants[bound - 1]
    return from === undefined ? [] : [{ level: 2, from }]
  })
}

const judge = byCourse((view, values) => {
  const { ticket } = view
  const byUnit = arrivals(ticket)
  const counts = [...byUnit.values()].map((instants) => instants.length)
  const most = Math.max(0, ...counts)
  const again = counts.reduce((sum, count) => sum + count - 1, 0)
  const transfers = ticket.transferCount
  const words =
    most < SAME_UNIT.least
      ? inWords(`转派 ${transfers} 次`, counted(transfers, 'transfer'))
      : inWords(`转派 ${transfers} 次，到达同一单位 ${most} 次`, `${counted(transfers, 'transfer')}, ${counted(most, 'arrival')} at one unit`)
  return {
    rungs: [...rungsByCount(PARAMETERS, values, transferInstants(ticket)), ...rungsOfReturns(byUnit, values)],
    ends: endsWithTicket(view),
    facts: { cause: causeOf(ticket, `transfers:${transfers}|again:${again}`), words },
  }
})

/**
 * Ping-pong transfer (domain.md 4.3): an open ticket transferred as often (3.7-4), or back with a unit that it had left for another.
 * That an owner was locked no event says yet, so until the ticket ends a person closes it.
 */
export const PING_PONG_TRANSFER: AbnormalRule = {
  id: 'AT-06',
  nameZh: '多次转派',
  nameEn: 'Ping-pong transfer',
  meaningZh: '工单在单位之间多次转派，或又回到同一单位。',
  meaningEn: 'The ticket is passed between units again and again, or is back with one that it had left.',
  clearsZh: '锁定责任单位并接单（由人关闭）；工单结束（自动）。',
  clearsEn: 'Owner locked and claimed (closed by a person); the end of the ticket (by itself).',
  source: '[S1 counts it]/numbers assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['transferCount'] }, { legs: 2 }],
}

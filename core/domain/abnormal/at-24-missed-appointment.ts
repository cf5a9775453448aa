import { visitOverAt } from '../ticket/visit.ts'
import type { Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView } from './abnormal-rule.ts'
import { levelBounds } from './course.ts'
import { bySpells, firstOf, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'count', default: 1, least: 1, most: 20, stricter: 'lower', zh: '黄：失约次数', en: 'Yellow: misses' },
  { name: 'A3', unit: 'count', default: 2, least: 1, most: 20, stricter: 'lower', zh: '橙：失约次数', en: 'Orange: misses' },
  { name: 'companyMoves', unit: 'count', default: 2, least: 1, most: 20, stricter: 'lower', zh: '企业改约次数', en: 'Moves by the company' },
]

type Miss = Omit<Spell, 'rungs'> & { readonly from: Instant }

/** The visits that nobody made in time, and those that the company moved too often. */
function missesOf(view: TicketView, values: ParameterValues): readonly Miss[] {
  const { ticket } = view
  const most = values['companyMoves'] ?? Number.POSITIVE_INFINITY
  const lates = view.readingsOf('C_APPOINT')
  return ticket.appointments.flatMap((appointment, index): Miss[] => {
    const { setAt, arrivedAt, finishedAt, companyMoves } = appointment
    // What was agreed next with the customer stands in its place, also where the source names it a new appointment and not a change.
    const endedAt = firstOf(arrivedAt, finishedAt, ticket.appointments[index + 1]?.setAt, visitOverAt(ticket, appointment))
    const reading = lates.find(({ subject }) => subject === String(index))
    const misses: Miss[] = []
    if (companyMoves >= most) {
      const words = { zh: `企业改约 ${companyMoves} 次`, en: `moved by the company ${companyMoves} times` }
      // When it moved the visit the ticket does not keep: from its agreement on, which is before any end of it.
      misses.push({ cause: `visit:${index + 1}:moved`, from: setAt, endedAt, words })
    }
    if (reading !== undefined) {
      const { deadlineAt, limit } = reading
      const words = { zh: `第 ${index + 1} 次预约未按时上门`, en: `nobody came in time for appointment ${index + 1}` }
      const facts = { deadlineAt, limitMs: limit, overMs: (endedAt ?? view.at) - deadlineAt }
      misses.push({ cause: `visit:${index + 1}:late`, from: deadlineAt + 1, endedAt, words, facts })
    }
    return misses
  })
}

const judge = bySpells((view, values) => {
  if (view.ticket.kind !== 'fault' && view.ticket.kind !== 'install') return []
  const real = missesOf(view, values).filter(({ from, endedAt }) => endedAt === null || from < endedAt)
  const bounds = levelBounds(PARAMETERS, values)
  return real
    .sort((a, b) => a.from - b.from)
    .map(({ from, ...miss }, earlier) => {
      const rungs = bounds.filter(({ bound }) => earlier + 1 >= bound).map(({ level }) => ({ level, from }))
      return { ...miss, rungs }
    })
})

/**
 * Nobody came within the grace of C_APPOINT, or the company moved the visit too often; the misses of a ticket are counted together (domain.md 4.3).
 * A window that passed before the company moved it is not seen, for a ticket keeps a visit's last window only.
 */
export const MISSED_APPOINTMENT: AbnormalRule = {
  id: 'AT-24',
  nameZh: '上门失约',
  nameEn: 'Missed appointment',
  meaningZh: '预约时段已过宽限仍未上门，或企业一再改约。',
  meaningEn: 'The agreed window and its grace are over and nobody came, or the company moved the visit again.',
  clearsZh: '已上门，或与客户约定了新时段（自动）。',
  clearsEn: 'Arrived, or a new window agreed with the customer (by itself).',
  source: '[30 min S10, once S11]/levels assumed',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  signs: () => [{ shows: ['appointments'] }],
}

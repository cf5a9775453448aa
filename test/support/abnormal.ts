import type { AbnormalParameters, AbnormalRule, AbnormalVerdict, ParameterValues, TicketView } from '../../core/domain/abnormal/abnormal-rule.ts'
import { ABNORMAL_RULES, DEFAULT_ABNORMAL_PARAMETERS, valuesFor } from '../../core/domain/abnormal/catalogue.ts'
import type { ClockContext } from '../../core/domain/ticket/clock-reading.ts'
import { readClocks } from '../../core/domain/ticket/clocks/read.ts'
import { closedAt, type Ticket } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Sql } from '../../core/platform/database.ts'
import { aContext } from './clock-tickets.ts'

/** A ticket at an instant as rules see it. */
export function viewOf(ticket: Ticket, at: Instant, context: ClockContext = aContext()): TicketView {
  const readings = readClocks(ticket, context, at)
  const handle = readings.find(({ clock, limit }) => clock === 'C_HANDLE' && limit !== null) as TicketView['handle'] | undefined
  return { ticket, acceptedAt: ticket.acceptedAt ?? 0, closedAt: closedAt(ticket) ?? ticket.mergedAt, at, readingsOf: (clock) => readings.filter((reading) => reading.clock === clock), handle: handle ?? null, context }
}

/** What one rule says of a ticket at an instant, by its defaults where `values` says nothing else. */
export function judgedBy(rule: AbnormalRule, ticket: Ticket, at: Instant, values: ParameterValues = {}, context: ClockContext = aContext()): Omit<AbnormalVerdict, 'ruleId'> {
  return rule.judge(viewOf(ticket, at, context), { ...valuesFor(rule, DEFAULT_ABNORMAL_PARAMETERS), ...values })
}

/** Settings under which only these rules are on. */
export const onlyRules = (...ids: readonly string[]): AbnormalParameters => ({
  ...DEFAULT_ABNORMAL_PARAMETERS,
  disabledRules: ABNORMAL_RULES.map(({ id }) => id).filter((id) => !ids.includes(id)),
})

/** The rules that tests of everything else go by: alerts by the deadline alone, so that a test names all alerts of its tickets. */
export const BY_DEADLINE = onlyRules('AT-01', 'AT-02')

/** Puts settings of the rules in the place of the first ones, before an engine has read them. */
export async function setRules(sql: Sql, parameters: AbnormalParameters): Promise<void> {
  await sql.query(`update config_version set body = $1 where kind = 'abnormal' and version = 1`, [JSON.stringify(parameters)])
}

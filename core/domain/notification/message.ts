import { Temporal } from 'temporal-polyfill'
import { clockTime, type Instant, type Zone } from '../time.ts'
import { type AlertKind, type Colour, colourOf, colourZhOf, type Severity } from '../vocabulary.ts'

/** What a page is about. */
export interface MessageFacts {
  readonly alertId: string
  readonly kind: AlertKind
  readonly ruleId: string
  readonly severity: Severity
  readonly regionCode: string
  readonly regionNameZh: string
  readonly regionNameEn: string
  readonly phenomenon: string
  readonly ticketCount: number
  readonly customerCount: number
  readonly openedAt: Instant
  readonly ackDueAt: Instant | null
  /** Counted from 0. */
  readonly step: number
  /** Of a case that late data showed: since when it was true, and how many such cases this message tells of; null for others. */
  readonly late: { readonly firstTrueAt: Instant; readonly together: number } | null
}

/**
 * What a channel says: colour, number, scope, count, since when, what is asked, by when, link (domain.md 7.3). Nothing of a customer:
 * no name, no number, no ticket text.
 */
export interface Message {
  readonly alertId: string
  readonly kind: AlertKind
  readonly ruleId: string
  readonly colour: Colour
  readonly severity: Severity
  readonly scope: { readonly code: string; readonly nameZh: string; readonly nameEn: string }
  readonly phenomenon: string
  readonly tickets: number
  readonly customers: number
  /** ISO 8601, UTC. */
  readonly since: string
  readonly step: number
  readonly asked: 'acknowledge' | 'take_note'
  /** ISO 8601, UTC; null when nothing is owed any more or the limit has passed. */
  readonly by: string | null
  /** Path on this deployment. */
  readonly link: string
  readonly textZh: string
  readonly textEn: string
}

const iso = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toString()

/** The message of one step as of `now`, times of day in the deployment's zone. */
export function messageOf(facts: MessageFacts, zone: Zone, now: Instant): Message {
  const colour = colourOf(facts.severity)
  const by = facts.ackDueAt !== null && facts.ackDueAt > now ? facts.ackDueAt : null
  const about = facts.phenomenon === '' ? '' : ` ${facts.phenomenon}`
  const { late } = facts
  const sinceAt = late?.firstTrueAt ?? facts.openedAt
  const since = clockTime(sinceAt, zone)
  const countsZh = facts.kind === 'risk' ? ` ${facts.ticketCount} 单 ${facts.customerCount} 户` : ''
  const countsEn = facts.kind === 'risk' ? ` ${facts.ticketCount} tickets ${facts.customerCount} customers` : ''
  const number = `${facts.ruleId} #${facts.alertId}`
  return {
    alertId: facts.alertId,
    kind: facts.kind,
    ruleId: facts.ruleId,
    colour,
    severity: facts.severity,
    scope: { code: facts.regionCode, nameZh: facts.regionNameZh, nameEn: facts.regionNameEn },
    phenomenon: facts.phenomenon,
    tickets: facts.ticketCount,
    customers: facts.customerCount,
    since: iso(sinceAt),
    step: facts.step,
    asked: late === null ? 'acknowledge' : 'take_note',
    by: by === null ? null : iso(by),
    link: `/desk/${facts.alertId}`,
    textZh: `【${colourZhOf(facts.severity)}】${number} ${facts.regionNameZh}${about}${countsZh}，自 ${since}，${late === null ? `请${by === null ? '立即' : `于 ${clockTime(by, zone)} 前`}确认` : `迟到数据补判，现已解除，请知悉（共 ${late.together} 案）`}`,
    textEn: `[${colour}] ${number} ${facts.regionNameEn}${about}${countsEn}, since ${since}: ${late === null ? `acknowledge ${by === null ? 'at once' : `by ${clockTime(by, zone)}`}` : `found in late data, over by now; for your information (${late.together} cases)`}`,
  }
}

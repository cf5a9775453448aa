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
  /** The step itself, a reminder of it, or what follows when the handling limit is over. */
  readonly as: 'step' | 'reminder' | 'handling' | 'handover'
  readonly handleDueAt: Instant | null
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
  readonly asked: 'acknowledge' | 'take_note' | 'plan'
  /** Said before, and nobody has answered yet. */
  readonly isReminder: boolean
  /** ISO 8601, UTC; null when nothing is owed any more or the limit has passed. */
  readonly by: string | null
  /** Path on this deployment. */
  readonly link: string
  readonly textZh: string
  readonly textEn: string
}

const iso = (at: Instant) => Temporal.Instant.fromEpochMilliseconds(at).toString()

interface Asked {
  readonly asked: Message['asked']
  readonly zh: string
  readonly en: string
}

/** What is asked of whoever reads it, and by when. */
function askedOf({ late, as, handleDueAt }: MessageFacts, by: Instant | null, zone: Zone): Asked {
  if (late !== null)
    return {
      asked: 'take_note',
      zh: `迟到数据补判，现已解除，请知悉（共 ${late.together} 案）`,
      en: `found in late data, over by now; for your information (${late.together} cases)`,
    }
  if (as === 'handling') {
    const since = handleDueAt === null ? null : clockTime(handleDueAt, zone)
    return {
      asked: 'plan',
      zh: `处理时限${since === null ? '' : ` ${since} `}已过，请立即填报方案`,
      en: `the handling limit has passed${since === null ? '' : ` (${since})`}: enter a plan at once`,
    }
  }
  return {
    asked: 'acknowledge',
    zh: `${as === 'reminder' ? '再次提醒：' : ''}请${by === null ? '立即' : `于 ${clockTime(by, zone)} 前`}确认`,
    en: `${as === 'reminder' ? 'reminder: ' : ''}acknowledge ${by === null ? 'at once' : `by ${clockTime(by, zone)}`}`,
  }
}

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
  const asked = askedOf(facts, by, zone)
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
    asked: asked.asked,
    isReminder: facts.as === 'reminder',
    by: by === null ? null : iso(by),
    link: `/desk/${facts.alertId}`,
    textZh: `【${colourZhOf(facts.severity)}】${number} ${facts.regionNameZh}${about}${countsZh}，自 ${since}，${asked.zh}`,
    textEn: `[${colour}] ${number} ${facts.regionNameEn}${about}${countsEn}, since ${since}: ${asked.en}`,
  }
}

import { clockTime, type Instant, type Zone } from '../time.ts'
import { COLOURS, type Colour, colourZhOf, type Severity } from '../vocabulary.ts'
import type { Message } from './message.ts'
import type { Outcome } from './outcome.ts'

/** What of a page a message that says several needs. */
export type Gathered = Pick<Message, 'alertId' | 'ruleId' | 'severity' | 'colour' | 'scope' | 'since' | 'by'>

/** One message for several alerts of yellow or lower (domain.md 7.4): how many of which colour, the gravest, by when, and where the list is. Nothing of a customer. */
export interface Collective {
  readonly asked: 'look'
  readonly alerts: number
  readonly colours: Readonly<Partial<Record<Colour, number>>>
  readonly severity: Severity
  /** The earliest of their limits, ISO 8601, UTC; null when none is to come. */
  readonly by: string | null
  /** Path on this deployment. */
  readonly link: string
  readonly textZh: string
  readonly textEn: string
}

const LIST = '/desk'

/** How many alerts a message says together; null for one that says a single alert. */
export const saidTogether = (payload: Readonly<Record<string, unknown>>): number | null => (payload['asked'] === 'look' && typeof payload['alerts'] === 'number' ? payload['alerts'] : null)

/** What stands beside each page that was said together with others. */
export const togetherWords = (alerts: number): Outcome => ({ zh: `合并通知，共 ${alerts} 件`, en: `said together, ${alerts} alerts` })

/** Each alert once, the gravest first, then the one that has waited longest. */
function inOrder(pages: readonly Gathered[]): Gathered[] {
  const byAlert = new Map(pages.map((page) => [page.alertId, page]))
  return [...byAlert.values()].toSorted((a, b) => b.severity - a.severity || a.since.localeCompare(b.since))
}

/** The message that says these pages together; at least one page. Times of day in the deployment's zone. @throws RangeError without a page. */
export function collectiveOf(pages: readonly Gathered[], zone: Zone, now: Instant): Collective {
  const alerts = inOrder(pages)
  const [gravest] = alerts
  if (gravest === undefined) throw new RangeError('a message for several alerts needs one at least')
  const counted = COLOURS.toReversed().flatMap((colour) => {
    const ofColour = alerts.filter((alert) => alert.colour === colour)
    return ofColour[0] === undefined ? [] : [{ colour, zh: colourZhOf(ofColour[0].severity), count: ofColour.length }]
  })
  const limits = alerts.flatMap(({ by }) => (by === null || Date.parse(by) <= now ? [] : [by]))
  const by = limits.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null
  const clock = by === null ? null : clockTime(Date.parse(by), zone)
  const { ruleId, alertId, scope } = gravest
  return {
    asked: 'look',
    alerts: alerts.length,
    colours: Object.fromEntries(counted.map(({ colour, count }) => [colour, count])),
    severity: gravest.severity,
    by,
    link: LIST,
    textZh: `【汇总】新增待确认预警 ${alerts.length} 件（${counted.map(({ zh, count }) => `${zh} ${count}`).join('、')}），最高 ${ruleId} #${alertId} ${scope.nameZh}，请${clock === null ? '立即' : `于 ${clock} 前`}到值班台查看并确认`,
    textEn: `[together] ${alerts.length} alerts wait for an answer (${counted.map(({ colour, count }) => `${colour} ${count}`).join(', ')}), gravest ${ruleId} #${alertId} ${scope.nameEn}: open the desk and acknowledge ${clock === null ? 'at once' : `by ${clock}`}`,
  }
}

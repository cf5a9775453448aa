import { type Instant, MINUTE } from '../time.ts'
import type { ChannelName } from '../vocabulary.ts'
import { isOutside } from './contact.ts'

/** So many alerts of yellow or lower are told to one person singly within {@link STORM_WINDOW}; more are said together, once in that time (domain.md 7.4). */
export const MOST_SINGLY = 10
export const STORM_WINDOW = 10 * MINUTE
/** How long the first message of a storm gathers: ours, docs/adr/0041. */
export const FIRST_GATHERING = MINUTE

/** Whether a channel interrupts a person: a list on a screen has one line for each alert, however many come (domain.md 7.4). */
export const isGathered = (channel: ChannelName): boolean => isOutside(channel) || channel === 'web_push'

/** What one person has been told singly by one channel, and when the next message of a storm is due; null while none is on. */
export interface Storm {
  readonly singles: readonly { readonly alertId: string; readonly at: Instant }[]
  readonly nextAt: Instant | null
}

/** `hold`: it waits until `until` for the message that says it with others; `gather`: that message is due now. */
export type StormDecision =
  | { readonly kind: 'single'; readonly storm: Storm }
  | { readonly kind: 'hold'; readonly until: Instant; readonly storm: Storm }
  | { readonly kind: 'gather'; readonly storm: Storm }

/**
 * Whether a page of yellow or lower goes by itself (domain.md 7.4). `hasHeld`: something has waited for the storm's next message. The eleventh alert
 * within ten minutes begins a storm, whose first message gathers for a minute and each further one for ten; a message that nothing waits for ends it.
 */
export function decideStorm({ singles, nextAt }: Storm, { alertId, now, hasHeld }: { readonly alertId: string; readonly now: Instant; readonly hasHeld: boolean }): StormDecision {
  const recent = singles.filter(({ at }) => at > now - STORM_WINDOW)
  if (nextAt !== null && now < nextAt) return { kind: 'hold', until: nextAt, storm: { singles: recent, nextAt } }
  if (nextAt !== null && hasHeld) return { kind: 'gather', storm: { singles: recent, nextAt: now + STORM_WINDOW } }
  if (recent.some((single) => single.alertId === alertId)) return { kind: 'single', storm: { singles: recent, nextAt: null } }
  if (recent.length < MOST_SINGLY) return { kind: 'single', storm: { singles: [...recent, { alertId, at: now }], nextAt: null } }
  const until = now + FIRST_GATHERING
  return { kind: 'hold', until, storm: { singles: recent, nextAt: until } }
}

/** The storm when a gathering found nobody to say it with: one alert in that time is no storm. */
export const calmed = ({ singles }: Storm, alertId: string, now: Instant): Storm => ({ singles: [...singles.filter((single) => single.alertId !== alertId), { alertId, at: now }].slice(-MOST_SINGLY), nextAt: null })

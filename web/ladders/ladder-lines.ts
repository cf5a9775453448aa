import type { Ladder, RelationTarget } from '../../core/domain/escalation/ladder.ts'

/** A word of the dictionary with its values. */
export type Say = (key: string, values?: Record<string, unknown>) => string

/** A duration as people say it: minutes, or hours and minutes from two hours up. */
export function minutesInWords(minutes: number, say: Say): string {
  if (minutes < 120) return say('ladders.minutes', { count: minutes })
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return rest === 0 ? say('ladders.hours', { count: hours }) : `${say('ladders.hours', { count: hours })} ${say('ladders.minutes', { count: rest })}`
}

const joined = (parts: readonly string[], say: Say) => parts.join(say('card.ruleSeparator'))

/** Whom a step calls, as a list of posts; the group's own are not named twice. */
export const targetsInWords = (targets: readonly RelationTarget[], say: Say): string =>
  joined(
    targets.map(({ role, onlyFor }) => (onlyFor === undefined ? say(`role.${role}`) : say('ladders.onlySkipLevel', { role: say(`role.${role}`) }))),
    say,
  )

export const channelsInWords = (channels: readonly string[], say: Say): string =>
  joined(
    channels.map((channel) => say(`ladders.channel.${channel}`)),
    say,
  )

/** What follows an overdue plan. */
export function overInWords({ handlingOver: over }: Ladder, say: Say): string {
  if (over.kind !== 'supervised') return say(`ladders.over.${over.kind}`)
  const who = targetsInWords(over.targets, say)
  return over.everyMinutes === null ? say('ladders.over.supervised', { who }) : say('ladders.over.supervisedEvery', { who, every: minutesInWords(over.everyMinutes, say) })
}

/** A ladder line by line, as it is read and as its history is compared. */
export function linesOf(ladder: Ladder, say: Say): string[] {
  const span = (minutes: number, night: number | undefined) =>
    night === undefined || night === minutes ? minutesInWords(minutes, say) : say('ladders.byNight', { day: minutesInWords(minutes, say), night: minutesInWords(night, say) })
  return [
    ladder.ackMinutes === null ? say('ladders.noAck') : say('ladders.ackWithin', { span: span(ladder.ackMinutes, ladder.ackNightMinutes) }),
    ...ladder.steps.map((step, index) =>
      say('ladders.stepLine', {
        step: index + 1,
        span: span(step.afterMinutes, step.nightMinutes),
        who: targetsInWords(step.targets, say),
        by: channelsInWords(step.channels, say),
      }),
    ),
    ladder.reminder === null ? say('ladders.noReminder') : say('ladders.remindEvery', { every: minutesInWords(ladder.reminder.everyMinutes, say), by: channelsInWords(ladder.reminder.channels, say) }),
    say('ladders.handleWithin', { span: minutesInWords(ladder.handleMinutes, say), over: overInWords(ladder, say) }),
  ]
}

/** The lines that went and that came between two ladders. */
export function lineChanges(before: Ladder, after: Ladder, say: Say): { readonly removed: readonly string[]; readonly added: readonly string[] } {
  const [was, is] = [linesOf(before, say), linesOf(after, say)]
  return { removed: was.filter((line) => !is.includes(line)), added: is.filter((line) => !was.includes(line)) }
}

/** A copy that a form may write to. */
export type Editable<T> = T extends object ? { -readonly [K in keyof T]: Editable<T[K]> } : T
export const editable = (ladder: Ladder): Editable<Ladder> => JSON.parse(JSON.stringify(ladder)) as Editable<Ladder>

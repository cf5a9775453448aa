import type { RegionTree } from '../region.ts'
import { ALERT_KINDS, LADDER_CHANNELS, type LadderChannel, type Severity } from '../vocabulary.ts'
import type { Ladder, LadderSet, RelationTarget } from './ladder.ts'
import { type Position, positionsOf } from './position.ts'

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

/** By what the ladders of each colour call a position, in the order of {@link LADDER_CHANNELS}; empty where they do not call it. */
export type ColourChannels = Readonly<Record<Severity, readonly LadderChannel[]>>

function channelsIn({ steps, reminder, handlingOver }: Ladder, calls: (targets: readonly RelationTarget[]) => boolean): readonly LadderChannel[] {
  const own = steps.filter(({ targets }) => calls(targets))
  const over = handlingOver.kind === 'supervised' && calls(handlingOver.targets) ? handlingOver.channels : []
  return [...own.flatMap(({ channels }) => channels), ...(own.length > 0 && reminder !== null ? reminder.channels : []), ...over]
}

/**
 * By what the ladders call a position, colour by colour: of cases and of tickets together, since both are for whoever holds it; steps, reminders and the call when a
 * handling limit is over (domain.md 4.2, 7.2). A group's position is called by the ladders of its provinces as by its own.
 */
export function channelsOfPosition(ladders: LadderSet, position: Position, tree: RegionTree): ColourChannels {
  const isOwn = ({ role, regionCode }: Position) => role === position.role && regionCode === position.regionCode
  const calls = (targets: readonly RelationTarget[]) => positionsOf(targets, position.regionCode, tree).some(isOwn)
  const of = (severity: Severity) => {
    const used = new Set(ALERT_KINDS.flatMap((kind) => channelsIn(ladders[kind][severity], calls)))
    return LADDER_CHANNELS.filter((channel) => used.has(channel))
  }
  return { 1: of(1), 2: of(2), 3: of(3), 4: of(4) }
}

/** Whether the ladders of any colour call a position. */
export const isCalled = (channels: ColourChannels): boolean => SEVERITIES.some((severity) => channels[severity].length > 0)

const INSIDE: readonly LadderChannel[] = ['wall', 'in_app', 'webhook']

/** Whether a position is called by more than the application. */
export const isCalledOutside = (channels: ColourChannels): boolean => SEVERITIES.some((severity) => channels[severity].some((channel) => !INSIDE.includes(channel)))

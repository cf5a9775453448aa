import type { AlertCard } from '../../core/contract/alerts.ts'
import { formatSpan } from '../format/time.ts'

/** The count-down of a card at a server instant: the key of its words, its text, and whether the time is over. */
export interface Due {
  readonly key: string
  readonly text: string
  readonly isOver: boolean
  /** Less than five minutes left, or over: worth a stronger look. */
  readonly isNear: boolean
}

const NEAR_MS = 5 * 60_000
const WORDS = {
  ack: ['due.ack', 'due.overAck'],
  step: ['due.step', 'due.overStep'],
  handle: ['due.handle', 'due.overHandle'],
} as const

/** What falls due next on a card, or null when nothing does. `now` is server time. */
export function dueOf(card: Pick<AlertCard, 'nextDueAt' | 'nextDueWhat'>, now: number): Due | null {
  if (card.nextDueAt === null || card.nextDueWhat === null) return null
  const left = card.nextDueAt - now
  const isOver = left <= 0
  return { key: WORDS[card.nextDueWhat][isOver ? 1 : 0], text: formatSpan(left), isOver, isNear: left < NEAR_MS }
}

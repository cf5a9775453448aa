import { parseRfc3339 } from '../rfc3339.ts'
import type { Instant } from '../time.ts'
import type { QualityFlag } from './parts.ts'
import type { TicketEvent } from './ticket.ts'

/**
 * Tolerant reading of an event's payload: a value of a wrong type is ignored and flagged `wrong_type:<key>`, never a throw.
 * Absent, null, empty and −1 ("unknown", domain.md 8.5) read as null without a flag.
 */
export interface PayloadReader {
  text(key: string): string | null
  integer(key: string): number | null
  /** Takes true/false, 1/0, yes/no, 是/否. */
  truth(key: string): boolean | null
  oneOf<T extends string>(key: string, words: readonly T[]): T | null
}

const TRUE_WORDS: ReadonlySet<unknown> = new Set([true, 1, '1', 'true', 'yes', 'y', '是'])
const FALSE_WORDS: ReadonlySet<unknown> = new Set([false, 0, '0', 'false', 'no', 'n', '否'])

export const isUnknown = (value: unknown): boolean => value === undefined || value === null || value === '' || value === -1 || value === '-1'

/** Text as sources write it: codes often come as numbers. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

export function asInteger(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

export function asTruth(value: unknown): boolean | null {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (TRUE_WORDS.has(word)) return true
  return FALSE_WORDS.has(word) ? false : null
}

export function asWord<T extends string>(value: unknown, words: readonly T[]): T | null {
  return words.find((word) => word === value) ?? null
}

/** An RFC 3339 time with its zone. */
export function asInstant(value: unknown): Instant | null {
  return typeof value === 'string' ? parseRfc3339(value) : null
}

/** A flag on what an event shows. */
export const flagOf = (flag: string, { eventId, receivedAt, occurredAt }: Pick<TicketEvent, 'eventId' | 'receivedAt' | 'occurredAt'>): QualityFlag => {
  return { flag, eventId, receivedAt, occurredAt }
}

export function readPayload(event: Pick<TicketEvent, 'payload' | 'eventId' | 'receivedAt' | 'occurredAt'>, flags: QualityFlag[]): PayloadReader {
  const { payload } = event
  const read = <T>(key: string, parse: (value: unknown) => T | null): T | null => {
    const value = payload[key]
    if (isUnknown(value)) return null
    const parsed = parse(value)
    if (parsed === null) flags.push(flagOf(`wrong_type:${key}`, event))
    return parsed
  }
  return {
    text: (key) => read(key, asText),
    integer: (key) => read(key, asInteger),
    truth: (key) => read(key, asTruth),
    oneOf: (key, words) => read(key, (value) => asWord(value, words)),
  }
}

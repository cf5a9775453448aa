import { asInteger, asText } from '../ticket/payload.ts'
import type { Instant } from '../time.ts'

type Payload = Readonly<Record<string, unknown>>

/** Reading of payloads that the door has checked: what is absent, or of a wrong type all the same, reads as null. */
export const textOf = (payload: Payload, key: string): string | null => asText(payload[key])

/** A whole number from 0. */
export function countOf(payload: Payload, key: string): number | null {
  const value = asInteger(payload[key])
  return value === null || value < 0 ? null : value
}

export function instantIn(payload: Payload, key: string): Instant | null {
  const value = payload[key]
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** Codes: a list, or one text with spaces, commas or semicolons between them; each once, in order of the code. */
export function codesOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[\s,;，；、]+/u) : []
  return [...new Set(list.map((code) => asText(code)).filter((code) => code !== null))].sort()
}

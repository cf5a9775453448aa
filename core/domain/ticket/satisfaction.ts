import { asInteger } from './payload.ts'

const YES: ReadonlySet<unknown> = new Set(['yes', true, 1, '1', '是'])
const NO: ReadonlySet<unknown> = new Set(['no', false, 0, '0', '否'])

/** What the customer said to "is it solved?"; anything else that was answered is unclear (domain.md 3.7-6). */
export function solvedOf(payload: Readonly<Record<string, unknown>>): 'yes' | 'no' | 'unclear' {
  const solved = payload['solved']
  if (YES.has(solved)) return 'yes'
  return NO.has(solved) ? 'no' : 'unclear'
}

/** Satisfied: score 9–10 and solved = yes; everything else that was answered is not (domain.md 3.7-6). */
export function isSatisfied(payload: Readonly<Record<string, unknown>>): boolean {
  const score = asInteger(payload['score'])
  return score !== null && score >= 9 && score <= 10 && solvedOf(payload) === 'yes'
}

import { DAY, HOUR, MINUTE } from '../time.ts'

/** One sentence in both languages, not yet joined. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** Sentences as facts carry them: Chinese first, " / ", English. */
export const joinedWords = (...all: readonly Words[]): string => inWords(all.map(({ zh }) => zh).join('；'), all.map(({ en }) => en).join('; '))

/** What decided, in one sentence: Chinese, " / ", English. */
export const inWords = (zh: string, en: string): string => `${zh} / ${en}`

/** `1 transfer`, `3 transfers`. */
export const counted = (count: number, one: string, several = `${one}s`): string => `${count} ${count === 1 ? one : several}`

/** The two units that a length of time is told in; below its minutes it is rounded down, as what is not used up is not used up. */
function partsOf(ms: number): readonly (readonly [count: number, zh: string, en: string])[] {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE)
  const days = Math.floor((minutes * MINUTE) / DAY)
  const hours = Math.floor((minutes * MINUTE) / HOUR)
  // Limits are spoken of as 24 h and 48 h, and as days beyond.
  if (days > 2) return [[days, '天', 'd'], [hours % 24, '小时', 'h']]
  if (hours > 0) return [[hours, '小时', 'h'], [minutes % 60, '分钟', 'min']]
  return [[minutes, '分钟', 'min']]
}

/** A length of time in both languages: `35 分钟`, `25 h 10 min`, `8 天 3 小时`. */
export function lengthInWords(ms: number): Words {
  const [first, ...rest] = partsOf(ms)
  const told = [first, ...rest.filter(([count]) => count > 0)].flatMap((part) => (part === undefined ? [] : [part]))
  return { zh: told.map(([count, zh]) => `${count} ${zh}`).join(' '), en: told.map(([count, , en]) => `${count} ${en}`).join(' ') }
}

/** What stands before a number that is told only up to `most`. */
export const atLeast = (count: number, most: number): Words => (count < most ? { zh: '', en: '' } : { zh: '至少', en: 'at least ' })

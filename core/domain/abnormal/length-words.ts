import { HOUR, MINUTE } from '../time.ts'

/** One sentence in both languages, not yet joined. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** A length of time in whole hours, in whole minutes below one hour; what is left over is dropped. */
export function lengthWords(ms: number): Words {
  const [count, zh, en] = ms < HOUR ? [Math.floor(ms / MINUTE), '分钟', 'min'] : [Math.floor(ms / HOUR), '小时', 'h']
  return { zh: `${count} ${zh}`, en: `${count} ${en}` }
}

/** As facts carry them: Chinese first, one stroke between. */
export const joinedWords = (...all: readonly Words[]): string => `${all.map(({ zh }) => zh).join('；')} / ${all.map(({ en }) => en).join('; ')}`

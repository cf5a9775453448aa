import { type Outcome, plain } from './outcome.ts'

/** What an answer that came back by short message or chat card did, or why it did nothing. */
export const ANSWER_OUTCOMES = ['taken', 'late', 'used', 'expired', 'changed', 'over', 'not_allowed', 'wrong_sender', 'unknown', 'too_many'] as const
export type AnswerOutcome = (typeof ANSWER_OUTCOMES)[number]

/** Who came first, as a position: no name leaves the deployment. */
export interface First {
  readonly position: Outcome
  /** Day and time of day in the deployment's zone. */
  readonly at: string
}

const UNKNOWN: Outcome = { zh: '未识别。请只回复短信中的 6 位确认码', en: 'Not understood. Reply with the 6 digits of the message alone' }
const WORDS: Readonly<Record<Exclude<AnswerOutcome, 'late'>, Outcome>> = {
  taken: { zh: '已确认，由您处理', en: 'Acknowledged: it is yours' },
  used: { zh: '此条通知已用于确认，不再有效', en: 'This message has been used' },
  expired: { zh: '确认码已过 24 小时，请登录值班台', en: 'The code is older than 24 hours: use the desk' },
  changed: { zh: '级别已升高，请以新通知确认', en: 'The colour has risen: answer the newer message' },
  over: { zh: '预警已结束，无需确认', en: 'The alert is over: nothing is asked' },
  not_allowed: { zh: '您的岗位不能确认此级别', en: 'Your position may not acknowledge this colour' },
  // In the words of an unknown code: whoever guesses learns nothing.
  wrong_sender: UNKNOWN,
  unknown: UNKNOWN,
  too_many: { zh: '回复过于频繁，请稍后再试或登录值班台', en: 'Too many replies: try later or use the desk' },
}

/** What the sender of an answer is told, in both languages (domain.md 7.1: the second sees who was first). */
export function wordsOf(outcome: AnswerOutcome, first: First | null): Outcome {
  if (outcome !== 'late') return WORDS[outcome]
  const { position, at } = first ?? { position: plain(''), at: '' }
  return { zh: `已由${position.zh}于 ${at} 先确认，您无需处理`, en: `${position.en} acknowledged first, at ${at}: nothing is asked of you` }
}

const CODE = /(?<!\d)\d{6}(?!\d)/g
const INVISIBLE = /[\s\u200b-\u200f\u2060\ufeff]/g

/**
 * The code in what somebody typed: full-width digits, spaces, punctuation and words around it do not matter. Null where there is none, or where
 * two could be meant.
 */
export function codeInReply(text: string): string | null {
  const plainText = text.normalize('NFKC').toLowerCase()
  const joined = plainText.replace(INVISIBLE, '').replace(/[-.。,，]/g, '')
  if (/^\d{6}$/.test(joined)) return joined
  const found = new Set(plainText.match(CODE) ?? [])
  return found.size === 1 ? ([...found][0] ?? null) : null
}

/** A number as it is compared: digits alone, a Chinese mobile number without its country code. */
export function comparableNumber(number: string): string {
  const digits = number.normalize('NFKC').replace(/\D/g, '').replace(/^00/, '')
  return /^86(1\d{10})$/.exec(digits)?.[1] ?? digits
}

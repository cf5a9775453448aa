import type { Attempt } from '../../core/domain/notification/judge-attempt.ts'
import { plain } from '../../core/domain/notification/outcome.ts'
import { type HttpAnswer, judgeStatus } from './http-call.ts'

/** How a chat platform tells what became of a message: HTTP 200 always, the truth in a code of the body (research 3.1). */
export interface ChatCodes {
  /** The field of the code; several names for platforms that changed theirs. */
  readonly fields: readonly string[]
  /** Codes that mean "too many", and how long to keep away, in milliseconds. */
  readonly later: Readonly<Record<number, number>>
}

function codeIn(text: string, fields: readonly string[]): number | null {
  try {
    const body = JSON.parse(text) as Record<string, unknown>
    const code = fields.map((field) => body[field]).find((value) => typeof value === 'number')
    return typeof code === 'number' ? code : null
  } catch {
    return null
  }
}

/** Accepted only when the body says so; an answer that is none of the platform's is taken for a refusal, with its status. */
export function judgeChat({ status, retryAfter, text }: HttpAnswer, { fields, later }: ChatCodes): Attempt {
  const byStatus = judgeStatus(status, retryAfter)
  if (byStatus.kind !== 'accepted') return byStatus
  const code = codeIn(text, fields)
  if (code === 0) return { kind: 'accepted', detail: { zh: '平台已受理', en: 'accepted by the platform' } }
  if (code === null) return { kind: 'rejected', detail: { zh: `HTTP ${status}，应答无法识别`, en: `HTTP ${status}, an answer that is not the platform's` } }
  const wait = later[code]
  const detail = plain(`errcode ${code}`)
  return wait === undefined ? { kind: 'rejected', detail } : { kind: 'not_now', detail, retryAfterMs: wait }
}

/** The address of a robot with its key and whatever else goes into the query. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const full = new URL(url)
  for (const [name, value] of Object.entries(query)) if (value !== '') full.searchParams.set(name, value)
  return full.href
}

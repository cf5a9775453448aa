import type { Instant } from '../../core/domain/time.ts'
import { aNoticeItem } from './notices.ts'

/** A notice that occurred at an instant, with the payload's fields changed. */
export const noticeAt = (type: Parameters<typeof aNoticeItem>[0], occurredAt: Instant, payload: Record<string, unknown>, id: string) =>
  aNoticeItem(type, payload, { event_id: id, occurred_at: new Date(occurredAt).toISOString() })

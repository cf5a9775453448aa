import type { FeedRow } from '../../core/contract/wall.ts'

export type Notice = Extract<FeedRow, { topic: 'notification' }>

const severityOf = ({ payload }: Notice) => payload.severity

/** The list with one more, the newest first, at most `kept`: beyond that the oldest of the lowest colour goes, so that no flood of blue pushes a red one out. */
export function withNotice(held: readonly Notice[], notice: Notice, kept: number): Notice[] {
  const all = [notice, ...held.filter((other) => other.payload.notificationId !== notice.payload.notificationId)]
  if (all.length <= kept) return all
  const lowest = Math.min(...all.map(severityOf))
  const last = all.findLastIndex((other) => severityOf(other) === lowest)
  return all.filter((_, place) => place !== last)
}

/** What is shown on top of the page: of those not seen the highest colour, of equal ones the newest; null where all are seen. */
export function topNotice(notices: readonly Notice[], seen: ReadonlySet<string>): Notice | null {
  const unseen = notices.filter(({ payload }) => !seen.has(payload.notificationId))
  return unseen.reduce<Notice | null>((top, one) => (top === null || severityOf(one) > severityOf(top) ? one : top), null)
}

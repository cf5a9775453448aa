import { sealLogs } from '../core/engine/audit-seals.ts'
import { checkCalendar } from '../core/engine/calendar-year.ts'
import type { Engine } from '../core/engine/context.ts'
import { checkRosters } from '../core/engine/roster-gaps.ts'
import { runSelfAudit } from '../core/engine/self-audit.ts'
import { draftHandovers, runHandovers } from '../core/engine/handovers.ts'
import { runReviews } from '../core/engine/review-alerts.ts'
import { freezeMonths } from '../core/engine/freeze-months.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../core/domain/time.ts'
import { pruneFeed } from '../core/store/feed-store.ts'
import { beat } from '../core/store/pulse-store.ts'
import { prunePush } from '../core/store/push-store.ts'
import { pruneSendLimits } from '../core/store/send-limit-store.ts'
import { deleteExpiredSessions } from '../core/store/session-store.ts'

/** How long feed rows are kept for screens that were away; older ones start again from a snapshot. */
const FEED_KEPT = HOUR

/** Every how many seconds the engine audits itself. */
const SELF_AUDIT_SECONDS = 5

/** The hour in which each engine last looked for months to freeze. */
const frozenIn = new WeakMap<Engine, number>()

/** Months freeze once an hour; where facts still wait to be tallied, a minute later. */
async function freezeOnceAnHour(engine: Engine, now: Instant): Promise<void> {
  const hour = Math.floor(now / HOUR)
  if (frozenIn.get(engine) !== hour && (await freezeMonths(engine, now))) frozenIn.set(engine, hour)
}

/**
 * The engine's own housekeeping: its beat each second (what "stale" on a screen is judged by), the gaps of rosters and the changes of shift that fall due, seals over what the logs have gained, its audit of itself each five seconds, old feed rows, sessions, the calendar and the reviews that fall due each minute,
 * months that are to be frozen each hour.
 */
export async function runSweep(engine: Engine, now: Instant): Promise<void> {
  await beat(engine.pool, 'engine', now)
  await checkRosters(engine, now)
  await runHandovers(engine, now)
  await sealLogs(engine, now)
  if (Math.floor(now / SECOND) % SELF_AUDIT_SECONDS === 0) await runSelfAudit(engine, now)
  if (Math.floor(now / 1000) % (MINUTE / 1000) !== 0) return
  await pruneFeed(engine.pool, now - FEED_KEPT)
  await deleteExpiredSessions(engine.pool, now)
  // By then every limit is full again, as one that was never drawn on.
  await pruneSendLimits(engine.pool, now - HOUR)
  await prunePush(engine.pool, now - 30 * DAY)
  await checkCalendar(engine, now)
  await draftHandovers(engine, now)
  await runReviews(engine, now)
  await freezeOnceAnHour(engine, now)
}

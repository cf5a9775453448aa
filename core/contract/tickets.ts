import { type Static, Type } from 'typebox'
import { AlertCard } from './alerts.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Names = Type.Object({ zh: Type.String(), en: Type.String() })

/** One clock of the ticket as of the answer (domain.md 3.6). */
export const TicketClock = Type.Object({
  clock: Type.String(),
  name: Names,
  /** The leg, refund, repair, stage or appointment that it runs on; empty for the ticket itself. */
  subject: Type.String(),
  startAt: Type.Number(),
  stoppedAt: Nullable(Type.Number()),
  deadlineAt: Type.Number(),
  /** Allowed and used time in ms of the clock's kind of time, pauses taken off; no limit where the deadline is a date. */
  limitMs: Nullable(Type.Number()),
  netElapsedMs: Type.Number(),
  isRunning: Type.Boolean(),
  isOverdue: Type.Boolean(),
})
export type TicketClock = Static<typeof TicketClock>

/** One ticket with everything that people need to see what is asked of them. Instants are epoch milliseconds UTC. */
export const TicketDetail = Type.Object(
  {
    ticketKey: Type.String(),
    ticketNo: Type.String(),
    kind: Type.String(),
    status: Type.String(),
    regionCode: Type.String(),
    regionNameZh: Type.String(),
    regionNameEn: Type.String(),
    phenomenon: Type.String(),
    /** Masked number and masked text; null for roles without ticket rights (domain.md 2.4, 8.4), and where there is none. */
    productMask: Nullable(Type.String()),
    contentText: Nullable(Type.String()),
    acceptedAt: Nullable(Type.Number()),
    closedAt: Nullable(Type.Number()),
    asOf: Type.Number(),
    /** The ticket's level, A1 to A4; 0 where no alert concerns people (domain.md 4.1-3). */
    level: Type.Integer({ minimum: 0, maximum: 4 }),
    /** The earliest of all running deadlines, and the clock that sets it. */
    deadline: Nullable(Type.Object({ at: Type.Number(), clock: Type.String(), name: Names, subject: Type.String() })),
    clocks: Type.Array(TicketClock),
    legs: Type.Array(
      Type.Object({
        legId: Type.String(),
        unitId: Nullable(Type.String()),
        isAssist: Type.Boolean(),
        receivedAt: Type.Number(),
        claimedAt: Nullable(Type.Number()),
        finishedAt: Nullable(Type.Number()),
        finish: Nullable(Type.String()),
      }),
    ),
    /** All alerts that it ever had, the newest first, with the sentence that says why (Chinese, a slash, English). */
    alerts: Type.Array(Type.Object({ card: AlertCard, words: Nullable(Type.String()), endedAt: Nullable(Type.Number()) })),
    expedites: Type.Array(Type.Object({ at: Type.Number(), by: Type.String(), isValid: Type.Boolean() })),
    suspensions: Type.Array(
      Type.Object({ from: Type.Number(), to: Nullable(Type.Number()), reason: Nullable(Type.String()), plannedResumeAt: Nullable(Type.Number()) }),
    ),
    /** The newest 200, newest first. */
    events: Type.Array(
      Type.Object({ eventId: Type.String(), type: Type.String(), occurredAt: Type.Number(), receivedAt: Type.Number(), unitId: Nullable(Type.String()) }),
    ),
    eventTotal: Type.Integer(),
  },
  { $id: 'TicketDetail' },
)
export type TicketDetail = Static<typeof TicketDetail>

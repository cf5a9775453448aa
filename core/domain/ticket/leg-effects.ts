import { agentKeysOf } from '../protect/customer-key.ts'
import type { EventType } from '../vocabulary.ts'
import type { Effect, TicketDraft } from './draft.ts'
import type { LegFinish } from './parts.ts'
import { asInteger, asText } from './payload.ts'
import { replyDigest } from './reply-digest.ts'
import type { TicketEvent } from './ticket.ts'

type LegDraft = TicketDraft['legs'][number]

const nameOf = (event: TicketEvent, ...fields: readonly string[]): string => {
  for (const field of fields) {
    const name = asText(event.payload[field])
    if (name !== null) return name
  }
  return `#${event.eventId}`
}

function openLeg(draft: TicketDraft, event: TicketEvent, legId: string, unitId: string | null, known: Partial<LegDraft> = {}): LegDraft {
  const limit = asInteger(event.payload['limit_minutes'])
  const leg: LegDraft = {
    legId,
    unitId,
    isAssist: false,
    receivedAt: event.occurredAt,
    claimedAt: null,
    firstClaimedAt: null,
    handlerId: null,
    finishedAt: null,
    finish: null,
    limitMinutes: limit !== null && limit > 0 ? limit : null,
    replyLength: null,
    reviewedAt: null,
    review: null,
    returnReason: null,
    ...known,
  }
  draft.legs.push(leg)
  if (!leg.isAssist) {
    draft.unitId = unitId
    draft.handlerId = leg.handlerId
  }
  return leg
}

/** The leg that an event speaks of: by its id where that one is open, else the open main leg. */
function legOf(draft: TicketDraft, event: TicketEvent): LegDraft | undefined {
  const legId = asText(event.payload['leg_id'])
  const open = draft.legs.filter((leg) => leg.finishedAt === null)
  return open.find((leg) => leg.legId === legId && !leg.isAssist) ?? open.findLast((leg) => !leg.isAssist)
}

function finish(leg: LegDraft | undefined, event: TicketEvent, how: LegFinish): void {
  if (leg === undefined) return
  leg.finishedAt = event.occurredAt
  leg.finish = how
}

/** Ends every open leg, helpers too: the ticket ended under them. */
export function closeLegs(draft: TicketDraft, event: TicketEvent): void {
  for (const leg of draft.legs) if (leg.finishedAt === null) finish(leg, event, 'closed')
}

/** The stay that follows a refused reply or a reopening, with the unit that had the ticket last. */
export function openAgain(draft: TicketDraft, event: TicketEvent, isClaimed: boolean): void {
  const last = draft.legs.findLast((leg) => !leg.isAssist)
  const handlerId = isClaimed ? (last?.handlerId ?? null) : null
  const handlerKeys = isClaimed ? last?.handlerKeys : undefined
  const claimedAt = isClaimed ? event.occurredAt : null
  openLeg(draft, event, nameOf(event, 'new_leg_id'), asText(event.payload['to_unit']) ?? last?.unitId ?? draft.unitId, {
    claimedAt,
    firstClaimedAt: claimedAt,
    handlerId,
    ...(handlerKeys === undefined ? {} : { handlerKeys: [...handlerKeys] }),
  })
}

function dispatch(draft: TicketDraft, event: TicketEvent): void {
  draft.firstDispatchedAt ??= event.occurredAt
  finish(legOf(draft, event), event, 'reassigned')
  openLeg(draft, event, nameOf(event, 'leg_id'), asText(event.payload['to_unit']))
}

function moveOn(draft: TicketDraft, event: TicketEvent, how: 'transferred' | 'reassigned'): void {
  const leg = legOf(draft, event)
  if (how === 'transferred' || leg?.firstClaimedAt != null) draft.transferCount += 1
  finish(leg, event, how)
  openLeg(draft, event, nameOf(event, 'new_leg_id'), asText(event.payload['to_unit']))
}

function takeBack(draft: TicketDraft, event: TicketEvent, how: 'returned' | 'recalled'): void {
  const leg = legOf(draft, event)
  if (leg !== undefined && how === 'returned') leg.returnReason = asText(event.payload['reason_code'])
  finish(leg, event, how)
  draft.unitId = null
  draft.handlerId = null
}

function nameHandler(leg: LegDraft, event: TicketEvent): void {
  const keys = agentKeysOf(event.payload)
  if (keys.length > 0) leg.handlerKeys = [...keys]
  else delete leg.handlerKeys
}

function claim(draft: TicketDraft, event: TicketEvent): void {
  // The hot-line that keeps a case claims what was never dispatched.
  const leg = legOf(draft, event) ?? openLeg(draft, event, nameOf(event, 'leg_id'), event.unitId)
  leg.claimedAt = event.occurredAt
  leg.firstClaimedAt ??= event.occurredAt
  leg.handlerId = asText(event.payload['handler_id']) ?? event.actorId
  nameHandler(leg, event)
  if (leg.unitId === null && event.unitId !== null) [leg.unitId, leg.isNamedByClaim] = [event.unitId, true]
  draft.unitId = leg.unitId
  draft.handlerId = leg.handlerId
}

function reply(draft: TicketDraft, event: TicketEvent): void {
  const leg = legOf(draft, event)
  finish(leg, event, 'replied')
  if (leg === undefined) return
  const text = asText(event.payload['text']) ?? ''
  leg.replyLength = text.length
  if (leg.handlerKeys === undefined) nameHandler(leg, event)
  const digest = leg.handlerKeys === undefined ? null : replyDigest(text)
  if (digest !== null) leg.replyDigest = digest
}

function review(draft: TicketDraft, event: TicketEvent, result: 'passed' | 'failed'): void {
  const legId = asText(event.payload['leg_id'])
  const replied = draft.legs.filter((leg) => leg.finish === 'replied' && leg.review === null)
  const leg = replied.find((candidate) => candidate.legId === legId) ?? replied.at(-1)
  if (leg === undefined) return
  leg.reviewedAt = event.occurredAt
  leg.review = result
}

/** Legal steps of legs (domain.md 3.4 rows 3–12, 18, 19). */
export const LEG_STEPS: Readonly<Partial<Record<EventType, Effect>>> = {
  dispatched: dispatch,
  transferred: (draft, event) => moveOn(draft, event, 'transferred'),
  reassigned: (draft, event) => moveOn(draft, event, 'reassigned'),
  returned: (draft, event) => {
    draft.returnCount += 1
    takeBack(draft, event, 'returned')
  },
  recalled: (draft, event) => takeBack(draft, event, 'recalled'),
  claimed: claim,
  released: (draft, event) => {
    const leg = legOf(draft, event)
    if (leg !== undefined) {
      ;[leg.claimedAt, leg.handlerId] = [null, null]
      delete leg.handlerKeys
    }
    draft.handlerId = null
  },
  replied: reply,
  review_passed: (draft, event) => review(draft, event, 'passed'),
  review_failed: (draft, event) => {
    review(draft, event, 'failed')
    openAgain(draft, event, false)
  },
  redispatched: (draft, event) => {
    draft.redispatchCount += 1
    review(draft, event, 'failed')
    openLeg(draft, event, nameOf(event, 'new_leg_id', 'leg_id'), asText(event.payload['to_unit']))
  },
}

/** Helper legs, which leave the ticket's state and its main leg alone (domain.md 3.4 row 13). */
export const LEG_FACTS: Readonly<Partial<Record<EventType, Effect>>> = {
  assist_requested: (draft, event) => {
    const unit = asText(event.payload['unit']) ?? asText(event.payload['unit_id']) ?? asText(event.payload['to_unit'])
    openLeg(draft, event, nameOf(event, 'assist_leg_id', 'leg_id'), unit, { isAssist: true })
  },
  assist_replied: (draft, event) => {
    const legId = asText(event.payload['assist_leg_id']) ?? asText(event.payload['leg_id'])
    const open = draft.legs.filter((leg) => leg.isAssist && leg.finishedAt === null)
    finish(open.find((leg) => leg.legId === legId) ?? open.at(-1), event, 'replied')
  },
}

import type { Sign } from '../../core/domain/abnormal/sign.ts'
import { type CustomerHistory, NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { packTicket } from '../../core/domain/ticket/pack.ts'
import { closedAt, type Ticket } from '../../core/domain/ticket/ticket.ts'
import type { Instant } from '../../core/domain/time.ts'

/** What a sign may be looked for in. */
export interface Shown {
  readonly ticket: Ticket
  readonly customer: CustomerHistory
  readonly hasKeywords: boolean
}

const isSaid = (what: NonNullable<Sign['shows']>[number], { ticket, customer, hasKeywords }: Shown): boolean => {
  if (what === 'customerHistory') return JSON.stringify(customer) !== JSON.stringify(NO_HISTORY)
  return what === 'keywords' ? hasKeywords : packTicket(ticket)[what] !== undefined
}

/** A second reading of what a sign says, word by word, for what the store looks for to be held against. */
export function showsSign({ kinds, shows, legs, hasEmptyReply, star, openFor, late }: Sign, shown: Shown, until: Instant): boolean {
  const { ticket } = shown
  const acceptedAt = ticket.acceptedAt ?? Number.NaN
  const endedAt = closedAt(ticket)
  if (kinds !== undefined && !kinds.includes(ticket.kind)) return false
  if (shows !== undefined && !shows.some((what) => isSaid(what, shown))) return false
  if (legs !== undefined && ticket.legs.length < legs) return false
  if (hasEmptyReply === true && !ticket.legs.some(({ replyLength }) => replyLength === 0)) return false
  if (star !== undefined && ticket.star < star) return false
  if (openFor !== undefined && Math.max(0, (endedAt ?? until) - acceptedAt) < openFor) return false
  const instant = late === undefined ? null : ticket[late.field]
  return late === undefined || instant === null || instant - acceptedAt >= late.by
}

import type { AlertCard } from '../../core/contract/alerts.ts'

type Compare = (a: AlertCard, b: AlertCard) => number

const byId: Compare = (a, b) => (a.id.length - b.id.length || (a.id < b.id ? -1 : Number(a.id > b.id)))
const due = (card: AlertCard): number => card.nextDueAt ?? Number.POSITIVE_INFINITY
const compareDue: Compare = (a, b) => (due(a) === due(b) ? 0 : due(a) - due(b))

/** The desk's order: what waits for an answer first, then the nearest deadline, then the worse colour, then the older. */
export const byDeadline: Compare = (a, b) =>
  Number(b.needsAck) - Number(a.needsAck) || compareDue(a, b) || b.severity - a.severity || a.openedAt - b.openedAt || byId(a, b)

/** The wall's order: the worse colour first, then what waits for an answer, then the nearest deadline. */
export const byColour: Compare = (a, b) =>
  b.severity - a.severity || Number(b.needsAck) - Number(a.needsAck) || compareDue(a, b) || a.openedAt - b.openedAt || byId(a, b)

/** Newest first: by the opening, or by the last change of colour. */
export const byNewest: Compare = (a, b) => b.severitySince - a.severitySince || byId(b, a)

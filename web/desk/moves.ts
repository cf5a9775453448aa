import type { AlertCard, MoveBody } from '../../core/contract/alerts.ts'

export type MoveName = MoveBody['move']

/** Moves in the order of their buttons; `ack` needs no words and has its own button. */
export const MOVE_ORDER = ['handle_start', 'note', 'resolve', 'approve_downgrade', 'refuse_downgrade', 'downgrade', 'mark_false_positive', 'close', 'reopen_alert'] as const satisfies readonly MoveName[]

/** Every move but the acknowledgement is made with a form. */
export type FormName = (typeof MOVE_ORDER)[number]

/** The fields of a form, in order; keys of `act.` in the dictionaries. */
export interface MoveField {
  readonly key: 'noteText' | 'planText' | 'reason' | 'cause' | 'measure' | 'evidence'
  readonly isRequired: boolean
}

const required = (key: MoveField['key']): MoveField => ({ key, isRequired: true })

/** What a move asks for: a resolution states cause, measure and evidence (domain.md 7.1). */
export const MOVE_FIELDS: Readonly<Record<FormName, readonly MoveField[]>> = {
  handle_start: [required('planText')],
  note: [required('noteText')],
  resolve: [required('cause'), required('measure'), required('evidence')],
  approve_downgrade: [required('reason')],
  refuse_downgrade: [required('reason')],
  downgrade: [required('reason')],
  mark_false_positive: [required('reason')],
  close: [{ key: 'reason', isRequired: false }],
  reopen_alert: [{ key: 'reason', isRequired: false }],
}

/** The colour a downgrade leads to: what the engine proposed, or one step down (never two by hand, domain.md 7.5). */
export function loweredTo(name: FormName, card: AlertCard): number | null {
  if (name === 'approve_downgrade') return card.proposedSeverity ?? card.severity - 1
  return name === 'downgrade' ? card.severity - 1 : null
}

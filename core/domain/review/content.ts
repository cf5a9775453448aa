import type { ReviewForm } from './plan.ts'

/** A judgement of how the system behaved; null while nobody has given it. */
export type Judged = 'yes' | 'no' | null

/** One cause, and how far below the one before it lies: 0 what was seen, 1 its cause, 2 the cause of that. */
export interface CauseNode {
  readonly depth: number
  readonly text: string
}

/** What people say in a review beside the figures (domain.md 7.7). No customer's name or number, no person's name. */
export interface ReviewContent {
  /** How the system behaved: could it have told earlier, did it tell late, did it tell what was not so. */
  readonly earlier: Judged
  readonly late: Judged
  readonly falseAlarm: Judged
  readonly behaviour: string
  readonly causes: readonly CauseNode[]
  readonly right: string
  readonly wrong: string
  readonly refunds: string
  /** Changes of rule or threshold; `none` is an answer too. */
  readonly rules: string
  readonly line: string
  /** Why no measure is taken, where none is. */
  readonly noMeasures: string
  /** The meeting with the departments: its day `YYYY-MM-DD`, who took part as departments, what was decided. */
  readonly metOn: string
  readonly departments: string
  readonly minutes: string
}

export const EMPTY_CONTENT: ReviewContent = {
  earlier: null, late: null, falseAlarm: null, behaviour: '', causes: [], right: '', wrong: '', refunds: '', rules: '', line: '', noMeasures: '', metOn: '', departments: '', minutes: '',
}

export type ReviewField = keyof ReviewContent | 'measures'

const FIRST: readonly ReviewField[] = ['earlier', 'late', 'falseAlarm', 'causes', 'wrong']
const SHORT: readonly ReviewField[] = [...FIRST, 'measures']
const FULL: readonly ReviewField[] = [...SHORT, 'behaviour', 'right', 'refunds', 'rules', 'line']
const FIELDS: Readonly<Record<ReviewForm, readonly ReviewField[]>> = { sample: SHORT, short: SHORT, full: FULL, meeting: [...FULL, 'metOn', 'departments', 'minutes'] }

function isSaid(field: ReviewField, content: ReviewContent, measures: number): boolean {
  if (field === 'measures') return measures > 0 || content.noMeasures.trim() !== ''
  const value = content[field]
  if (value === null) return false
  return typeof value === 'string' ? value.trim() !== '' : value.some(({ text }) => text.trim() !== '')
}

/** What a review of this form still has to say before it can be signed, `measures` being how many were decided; in the order of the form. */
export const missingFields = (form: ReviewForm, content: ReviewContent, measures: number): readonly ReviewField[] => FIELDS[form].filter((field) => !isSaid(field, content, measures))

/** Whether this is a first version: it says what happened and how the system behaved (domain.md 7.7; which parts, docs/adr/0036). */
export const isFirstVersion = (content: ReviewContent): boolean => FIRST.every((field) => isSaid(field, content, 0))

/** The fields that a review of this form has to fill. */
export const fieldsOf = (form: ReviewForm): readonly ReviewField[] => FIELDS[form]

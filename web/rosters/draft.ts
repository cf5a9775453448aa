import type { RosterShape } from '../../core/contract/rosters.ts'

/** A roster as it is being edited: one rotation for all shifts, or one for each of the two; nobody is the empty text. */
export interface RosterDraft {
  pattern: RosterShape['pattern']
  starts: string
  ends: string
  isJoint: boolean
  rotations: { crews: { primary: string; deputy: string }[]; anchor: string; turnDays: number }[]
}

const KINDS = { day_night: ['day', 'night'], workday: ['work', 'outside'] } as const
const two = (value: number) => String(value).padStart(2, '0')
const clockOf = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** The kinds of shifts that each rotation of a draft has. */
export const kindsOf = ({ pattern, isJoint }: Pick<RosterDraft, 'pattern' | 'isJoint'>): readonly (readonly RosterShape['rotations'][number]['kinds'][number][])[] =>
  isJoint ? [KINDS[pattern]] : KINDS[pattern].map((kind) => [kind])

/** An empty rotation that begins on a date. */
export const emptyRotation = (anchor: string): RosterDraft['rotations'][number] => ({ crews: [{ primary: '', deputy: '' }], anchor, turnDays: 7 })

/** What there is, to be edited; day and night with nobody yet where there is none. */
export function draftOf(body: RosterShape | null, today: string): RosterDraft {
  if (body === null) return { pattern: 'day_night', starts: '08:00', ends: '20:00', isJoint: false, rotations: [emptyRotation(today), emptyRotation(today)] }
  const isJoint = body.rotations.length === 1
  const ordered = kindsOf({ pattern: body.pattern, isJoint }).map((kinds) => body.rotations.find((rotation) => rotation.kinds.some((kind) => kinds.includes(kind))))
  const rotations = ordered.map((rotation) =>
    rotation === undefined
      ? emptyRotation(today)
      : { crews: rotation.crews.map(({ primary, deputy }) => ({ primary, deputy: deputy ?? '' })), anchor: rotation.anchor, turnDays: rotation.turnDays },
  )
  return { pattern: body.pattern, starts: clockOf(body.fromMinute), ends: clockOf(body.toMinute), isJoint, rotations }
}

/** What is sent of a draft. */
export function shapeOf({ pattern, starts, ends, isJoint, rotations }: RosterDraft): RosterShape {
  return {
    pattern,
    fromMinute: minuteOf(starts),
    toMinute: minuteOf(ends),
    rotations: kindsOf({ pattern, isJoint }).map((kinds, index) => {
      const { crews = [], anchor = '', turnDays = 1 } = rotations[index] ?? {}
      return { kinds: [...kinds], crews: crews.map(({ primary, deputy }) => ({ primary, deputy: deputy || null })), anchor, turnDays }
    }),
  }
}

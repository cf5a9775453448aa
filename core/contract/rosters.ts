import { type Static, type TSchema, Type } from 'typebox'
import { SHIFT_KINDS, SHIFT_PATTERNS } from '../domain/oncall/shift.ts'
import { ROLES } from '../domain/vocabulary.ts'
import { ReadinessShown } from './readiness.ts'

const strict = { additionalProperties: false }
const orNull = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])
const literals = <const T extends string>(words: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...words] })

const RoleName = literals(ROLES)
const UserId = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', description: '账户 id / the id of an account' })
/** Whether dates and readings are real is said by the roster's own check, in both languages. */
const DateText = Type.String({ maxLength: 10, description: 'YYYY-MM-DD' })
const LocalTime = Type.String({ maxLength: 16, description: '部署时区的时刻 YYYY-MM-DDTHH:mm / a reading of the clock in the deployment’s zone' })
const Reason = Type.String({ minLength: 2, maxLength: 300 })
const BasedOn = Type.Integer({ minimum: 0, description: '所依据的 revision；此后已被更改则 409 / the revision that was read; 409 where it was changed since' })

const Crew = Type.Object({ primary: UserId, deputy: orNull(UserId) }, strict)
const ShiftKey = Type.Object({ date: DateText, part: Type.Union([Type.Literal(0), Type.Literal(1)]) }, strict)
const Rotation = Type.Object(
  { kinds: Type.Array(literals(SHIFT_KINDS), { maxItems: 4 }), crews: Type.Array(Crew, { maxItems: 40 }), anchor: DateText, turnDays: Type.Integer({ description: '0：逐班轮换 / with every shift' }) },
  strict,
)
/** A roster as it is written down: where days are cut, and whose turn each shift is. */
export const RosterShape = Type.Object(
  { pattern: literals(SHIFT_PATTERNS), fromMinute: Type.Integer(), toMinute: Type.Integer(), rotations: Type.Array(Rotation, { maxItems: 4 }) },
  strict,
)
export type RosterShape = Static<typeof RosterShape>

/** PUT /api/v1/rosters/{role}/{region} */
export const RosterPut = Type.Object({ basedOn: BasedOn, effectiveFrom: Type.Optional(LocalTime), roster: RosterShape, reason: Reason }, strict)
export type RosterPut = Static<typeof RosterPut>

/** POST /api/v1/rosters/{role}/{region}/changes */
export const RosterChangeBody = Type.Object(
  {
    basedOn: BasedOn,
    change: Type.Union([
      Type.Object({ kind: Type.Literal('override'), shift: ShiftKey, crew: Crew }, strict),
      Type.Object({ kind: Type.Literal('swap'), shifts: Type.Tuple([ShiftKey, ShiftKey]), people: Type.Tuple([UserId, UserId]) }, strict),
      Type.Object({ kind: Type.Literal('leave'), userId: UserId, from: LocalTime, to: LocalTime }, strict),
    ]),
    reason: Reason,
  },
  strict,
)
export type RosterChangeBody = Static<typeof RosterChangeBody>

/** POST /api/v1/rosters/{role}/{region}/changes/{id}/withdraw */
export const RosterWithdrawal = Type.Object({ basedOn: BasedOn, reason: Reason }, strict)

/** Somebody as rosters show him: an account's own name, no number, no address. */
const PersonShown = Type.Object({ userId: Type.String(), name: Type.String() })
export type PersonShown = Static<typeof PersonShown>
const ShiftShown = Type.Object({ date: Type.String(), part: Type.Integer(), kind: literals(SHIFT_KINDS), from: Type.Number(), to: Type.Number() })

/** Who is on for a stretch in which it does not change. */
export const OnDutyShown = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  shift: orNull(ShiftShown),
  /** Null: nobody is on. */
  primary: orNull(PersonShown),
  deputy: orNull(PersonShown),
  source: literals(['rotation', 'override', 'swap']),
  /** Of the change that decided: who made it and why; null for the rotation. */
  change: orNull(Type.Object({ id: Type.String(), author: Type.String(), reason: Type.String() })),
  absent: Type.Array(Type.Object({ ...PersonShown.properties, why: literals(['leave', 'gone']) })),
})
export type OnDutyShown = Static<typeof OnDutyShown>

const PositionShown = { role: RoleName, regionCode: Type.String(), regionNameZh: Type.String(), regionNameEn: Type.String() }

/** GET /api/v1/rosters */
export const RostersAnswer = Type.Object({
  at: Type.Number(),
  zone: Type.String(),
  /** Whether who asks may change the rosters of this region. */
  mayChange: Type.Boolean(),
  items: Type.Array(
    Type.Object({
      ...PositionShown,
      hasRoster: Type.Boolean(),
      /** Null where there is no roster: everybody who holds the role is called. */
      now: orNull(OnDutyShown),
      /** Of the person on, at this position; null where nobody is. */
      readiness: orNull(ReadinessShown),
      nextChangeAt: orNull(Type.Number()),
      /** Gaps of the next 14 days. */
      gaps: Type.Integer(),
    }),
  ),
})
export type RostersAnswer = Static<typeof RostersAnswer>

const StandingChange = Type.Object({
  id: Type.String(),
  kind: literals(['override', 'swap', 'leave']),
  from: Type.Number(),
  to: Type.Number(),
  people: Type.Array(PersonShown),
  author: Type.String(),
  reason: Type.String(),
  at: Type.Number(),
})
export type StandingChange = Static<typeof StandingChange>

/** GET /api/v1/rosters/{role}/{region} */
export const RosterAnswer = Type.Object({
  ...PositionShown,
  zone: Type.String(),
  at: Type.Number(),
  revision: Type.Integer(),
  mayChange: Type.Boolean(),
  /** The newest roster written, which may come into force later; null where there is none. */
  roster: orNull(Type.Object({ version: Type.Integer(), effectiveFrom: Type.Number(), body: RosterShape })),
  spans: Type.Array(OnDutyShown),
  changes: Type.Array(StandingChange),
  /** Who could be put on; empty for those who may not change it. */
  candidates: Type.Array(Type.Object({ ...PersonShown.properties, role: RoleName })),
})
export type RosterAnswer = Static<typeof RosterAnswer>

/** GET /api/v1/rosters/{role}/{region}/on-call */
export const OnCallAnswer = Type.Object({
  ...PositionShown,
  at: Type.Number(),
  /** Null where there is no roster: everybody who holds the role is called. */
  onCall: orNull(OnDutyShown),
  nextChangeAt: orNull(Type.Number()),
})
export type OnCallAnswer = Static<typeof OnCallAnswer>

/** GET /api/v1/roster-gaps */
export const RosterGapsAnswer = Type.Object({
  at: Type.Number(),
  until: Type.Number(),
  items: Type.Array(Type.Object({ ...PositionShown, from: Type.Number(), to: Type.Number(), shift: ShiftShown, absent: Type.Integer() })),
})
export type RosterGapsAnswer = Static<typeof RosterGapsAnswer>

/** GET /api/v1/rosters/{role}/{region}/history */
export const RosterHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      at: Type.Number(),
      author: Type.String(),
      reason: Type.String(),
      what: literals(['roster', 'override', 'swap', 'leave']),
      /** Version of a roster, id of a change. */
      ref: Type.String(),
      withdrawn: orNull(Type.Object({ at: Type.Number(), by: Type.String(), reason: Type.String() })),
    }),
  ),
})
export type RosterHistory = Static<typeof RosterHistory>

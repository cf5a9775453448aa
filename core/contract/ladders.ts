import { type Static, Type } from 'typebox'
import type { Ladder, LadderSet } from '../domain/escalation/ladder.ts'
import { ALERT_KINDS, type AlertKind, LADDER_CHANNELS, type LadderChannel, ROLES, type Role, type Severity } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const closed = { additionalProperties: false } as const
const Minutes = Type.Integer({ minimum: 0, maximum: 14_400 })
const RoleName = Type.Unsafe<Role>({ type: 'string', enum: [...ROLES] })
const Channel = Type.Unsafe<LadderChannel>({ type: 'string', enum: [...LADDER_CHANNELS] })
const Kind = Type.Unsafe<AlertKind>({ type: 'string', enum: [...ALERT_KINDS] })
const Colour = Type.Unsafe<Severity>({ type: 'integer', minimum: 1, maximum: 4, description: '1 蓝/A1，2 黄/A2，3 橙/A3，4 红/A4 / 1 blue or A1 … 4 red or A4' })

const Targets = Type.Array(
  Type.Object({ role: RoleName, at: Type.Union([Type.Literal('city'), Type.Literal('province'), Type.Literal('group')]), onlyFor: Type.Optional(Type.Literal('skip_level')) }, closed),
  { maxItems: 20 },
)
const Channels = Type.Array(Channel, { maxItems: LADDER_CHANNELS.length, uniqueItems: true })
const LadderStep = Type.Object(
  { afterMinutes: Minutes, nightMinutes: Type.Optional(Minutes), targets: Targets, channels: Channels },
  { ...closed, description: 'T 起的分钟数 / minutes after T, the opening or the upgrade' },
)

/** A ladder as it is stored and edited (domain.md 4.2, 7.2). */
export const LadderShown = Type.Unsafe<Ladder>(Type.Object(
  {
    ackMinutes: Nullable(Minutes),
    ackNightMinutes: Type.Optional(Minutes),
    handleMinutes: Minutes,
    steps: Type.Array(LadderStep, { maxItems: 12 }),
    reminder: Nullable(Type.Object({ everyMinutes: Minutes, channels: Channels }, closed)),
    handlingOver: Type.Union([
      Type.Object({ kind: Type.Union([Type.Literal('stalled'), Type.Literal('next_step'), Type.Literal('raise')]) }, closed),
      Type.Object({ kind: Type.Literal('supervised'), targets: Targets, channels: Channels, everyMinutes: Nullable(Minutes) }, closed),
    ]),
  },
  closed,
))

const Night = Type.Object({ from: Type.Integer({ minimum: 0, maximum: 1_439 }), to: Type.Integer({ minimum: 0, maximum: 1_439 }) }, { ...closed, description: '一天中的分钟 / minutes of the day' })
const ByColour = Type.Object({ 1: LadderShown, 2: LadderShown, 3: LadderShown, 4: LadderShown })
const Whole = Type.Unsafe<LadderSet>(Type.Object({ version: Type.Integer(), night: Night, risk: ByColour, abnormal: ByColour }))
const Changed = Type.Object({ version: Type.Integer(), at: Type.Number(), author: Type.String(), reason: Type.String() })

/** GET /api/v1/ladders. */
export const LaddersAnswer = Type.Object({
  version: Type.Integer(),
  mayChange: Type.Boolean(),
  ladders: Whole,
  defaults: Whole,
  /** Null: nobody has changed them. */
  changed: Nullable(Changed),
})
export type LaddersAnswer = Static<typeof LaddersAnswer>

/** PUT /api/v1/ladders: each ladder that is given takes the place of the whole of its kind and colour. */
export const LadderChange = Type.Object(
  {
    basedOn: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: '所依据的版本；其间已有更新则 409 / the version that was read; 409 where there is a newer one' }),
    ladders: Type.Array(Type.Object({ kind: Kind, severity: Colour, ladder: LadderShown }, closed), { maxItems: 8 }),
    night: Type.Optional(Night),
    reason: Type.String({ minLength: 2, maxLength: 300, pattern: '\\S', description: '为何更改 / why' }),
  },
  closed,
)
export type LadderChange = Static<typeof LadderChange>

/** GET /api/v1/ladders/history: newest first; whole ladders, as they were and as they became. */
export const LaddersHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      ...Changed.properties,
      changes: Type.Object({
        ladders: Type.Array(Type.Object({ kind: Kind, severity: Colour, from: LadderShown, to: LadderShown })),
        night: Nullable(Type.Object({ from: Night, to: Night })),
      }),
    }),
  ),
})
export type LaddersHistory = Static<typeof LaddersHistory>

export const LadderPreviewQuery = Type.Object({
  kind: Kind,
  severity: Type.Integer({ minimum: 1, maximum: 4, description: '1 蓝/A1 … 4 红/A4 / 1 blue or A1 … 4 red or A4' }),
  region: Type.String({ minLength: 1, maxLength: 20, description: '预警所在区域 / where the alert would be' }),
  at: Type.Optional(Type.Integer({ description: '毫秒时间戳，缺省为现在 / epoch milliseconds, now when left out' })),
  skip_level: Type.Optional(Type.Boolean({ description: '越级工单 / a skip-level ticket' })),
})

const Place = Type.Object({ role: RoleName, regionCode: Type.String() })
/** GET /api/v1/ladders/preview: who would be told, when and by what, if nobody answered. */
export const LadderPreview = Type.Object({
  version: Type.Integer(),
  ackMinutes: Nullable(Type.Integer()),
  handleMinutes: Type.Integer(),
  reminderMinutes: Nullable(Type.Integer()),
  handlingOver: Type.String(),
  steps: Type.Array(
    Type.Object({
      afterMinutes: Type.Integer(),
      channels: Type.Array(Channel),
      positions: Type.Array(Place),
      /** `step`, or where the call goes when nobody holds its positions; `nobody` when there is no one at all. */
      via: Type.Union([Type.Literal('step'), Type.Literal('next_step'), Type.Literal('last_resort'), Type.Literal('nobody')]),
      people: Type.Array(Type.Object({ role: RoleName, regionCode: Type.String(), name: Type.String() })),
      vacant: Type.Array(Place),
    }),
  ),
})
export type LadderPreview = Static<typeof LadderPreview>

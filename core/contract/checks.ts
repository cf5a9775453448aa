import { type Static, Type } from 'typebox'
import { CHECK_MEASURES, CHECK_RESULTS } from '../domain/abnormal/check.ts'
import { AlertCard, AlertCheck } from './alerts.ts'

export { CHECK_MEASURES, CHECK_RESULTS } from '../domain/abnormal/check.ts'

/** GET /api/v1/alert-checks: handled alerts of tickets that wait to be checked, or that were. Instants are epoch milliseconds UTC. */
export const CheckList = Type.Object({
  items: Type.Array(Type.Object({ card: AlertCard, endedAt: Type.Union([Type.Number(), Type.Null()], { description: '核查后重新打开的为 null / null for one that was opened again' }), check: Type.Union([AlertCheck, Type.Null()]) })),
  due: Type.Integer(),
  confirmed: Type.Integer(),
  notConfirmed: Type.Integer(),
  since: Type.Number(),
  asOf: Type.Number(),
})
export type CheckList = Static<typeof CheckList>

/** PUT /api/v1/alerts/:id/check. */
export const CheckBody = Type.Object(
  {
    result: Type.Unsafe<(typeof CHECK_RESULTS)[number]>({ type: 'string', enum: [...CHECK_RESULTS], description: '属实 confirmed；失实 not_confirmed' }),
    measure: Type.Optional(
      Type.Unsafe<(typeof CHECK_MEASURES)[number]>({ type: 'string', enum: [...CHECK_MEASURES], description: '提醒 reminder；扣分 deduction；培训 training；不填为无 / none when left out' }),
    ),
    note: Type.String({ minLength: 2, maxLength: 500, description: '依据 / on what it rests' }),
  },
  { additionalProperties: false },
)
export type CheckBody = Static<typeof CheckBody>

/** GET /api/v1/unit-lists: what each unit was given at one of the day's times. */
export const UnitLists = Type.Object({
  /** The time of these lists; null where there are none yet. */
  slotAt: Type.Union([Type.Number(), Type.Null()]),
  /** As of when these lists are; null where there are none. */
  madeAt: Type.Union([Type.Number(), Type.Null()]),
  /** All times of which there are lists, the latest first. */
  slots: Type.Array(Type.Number()),
  units: Type.Array(
    Type.Object({
      unitId: Type.String(),
      name: Type.Union([Type.String(), Type.Null()]),
      provinceCode: Type.String(),
      provinceNameZh: Type.String(),
      provinceNameEn: Type.String(),
      tickets: Type.Array(
        Type.Object({
          ticketKey: Type.String(),
          ticketNo: Type.String(),
          level: Type.Integer({ minimum: 1, maximum: 4 }),
          rules: Type.Array(Type.String()),
          deadlineAt: Type.Union([Type.Number(), Type.Null()]),
        }),
      ),
    }),
  ),
  zone: Type.String(),
})
export type UnitLists = Static<typeof UnitLists>

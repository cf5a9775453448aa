import { type Static, Type } from 'typebox'
import { CANARY_STAGES, type CanaryStage } from '../domain/escalation/canary.ts'
import { ErrorBody } from './errors.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Ms = Nullable(Type.Number())

/** What an outside watcher is told (docs/adr/0039): nothing of a person, a place or an alert. */
export const Heartbeat = Type.Object({
  status: Type.Unsafe<'ok' | 'late'>({ type: 'string', enum: ['ok', 'late'] }),
  lastCompletedAt: Nullable(Type.Number({ description: '最近一次走通的时刻 / when the path was last passed, epoch ms UTC' })),
  ageSeconds: Nullable(Type.Integer()),
  tookMs: Nullable(Type.Number({ description: '那一次自触发至确认的时长 / how long that took, raised to acknowledged' })),
  stages: Type.Object(
    { firstFired: Ms, firstReceived: Ms, secondFired: Ms, secondReceived: Ms, acknowledged: Ms },
    { description: '那一次各环节距触发的毫秒数 / ms after it was raised at which each stage of that one was passed' },
  ),
  stuckAt: Nullable(Type.Unsafe<CanaryStage>({ type: 'string', enum: [...CANARY_STAGES], description: '停在哪一环节 / at which stage it stands still' })),
  stuckStep: Nullable(Type.Integer({ minimum: 1 })),
  messageZh: Type.String(),
  messageEn: Type.String(),
})
export type Heartbeat = Static<typeof Heartbeat>

/** The same as a refusal: the one error body beside it. */
export const LateHeartbeat = Type.Object({ ...Heartbeat.properties, ...ErrorBody.properties })

import { type Static, type TSchema, Type } from 'typebox'
import { CONTACT_OF } from '../domain/notification/contact.ts'
import { PERSON_CHANNELS, PROOF_KINDS, READINESS_STATES } from '../domain/oncall/readiness.ts'
import { CHANNELS, ROLES } from '../domain/vocabulary.ts'

const orNull = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])
const literals = <const T extends string>(words: readonly T[], description = '') => Type.Unsafe<T>({ type: 'string', enum: [...words], ...(description === '' ? {} : { description }) })

const State = literals(READINESS_STATES, 'reachable 全部渠道可达，partly 部分，unreachable 只剩站内，not_called 梯级不通知 / by every channel, by some, by the screen alone, not called by the ladder')
const ChannelWord = literals(PERSON_CHANNELS)

/** Whether one person would hear of an alert, by colour; no number and no address. Instants are epoch milliseconds UTC. */
export const ReadinessShown = Type.Object({
  /** The worst of the colours. */
  state: State,
  /** What makes every channel useless. */
  why: orNull(literals(['on_leave'])),
  /** A browser of his shows pages. */
  hasPush: Type.Boolean(),
  colours: Type.Array(Type.Object({ severity: Type.Integer(), state: State, uses: Type.Array(ChannelWord), missing: Type.Array(ChannelWord) })),
  channels: Type.Array(
    Type.Object({
      channel: ChannelWord,
      via: orNull(literals(CHANNELS)),
      why: orNull(literals(['no_provider', 'no_contact'], '没有启用的通道；本人未登记 / no provider in use; nothing registered')),
      proof: orNull(Type.Object({ at: Type.Number(), how: literals(PROOF_KINDS) })),
      /** The proof is more than 30 days old. */
      isOld: Type.Boolean(),
    }),
  ),
})
export type ReadinessShown = Static<typeof ReadinessShown>

const At = {
  role: literals(ROLES),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  /** The first stretch in which a roster has him on, now or within 14 days. */
  duty: orNull(Type.Object({ from: Type.Number(), to: Type.Number(), as: literals(['primary', 'deputy']), isNow: Type.Boolean() })),
  readiness: ReadinessShown,
}

export const ReadinessRow = Type.Object({ userId: Type.String(), name: Type.String(), ...At })
export type ReadinessRow = Static<typeof ReadinessRow>

/** GET /api/v1/readiness: worst first. */
export const ReadinessAnswer = Type.Object({
  at: Type.Number(),
  zone: Type.String(),
  total: Type.Integer(),
  counts: Type.Object({ unreachable: Type.Integer(), partly: Type.Integer(), reachable: Type.Integer() }),
  items: Type.Array(ReadinessRow),
})
export type ReadinessAnswer = Static<typeof ReadinessAnswer>

const TestChannel = literals(Object.keys(CONTACT_OF) as (keyof typeof CONTACT_OF)[])

/** GET /api/v1/me/readiness: at each position that the caller is called at, and his last test of each channel. */
export const OwnReadiness = Type.Object({
  at: Type.Number(),
  zone: Type.String(),
  items: Type.Array(Type.Object(At)),
  tests: Type.Array(Type.Object({ channel: literals(CHANNELS), askedAt: Type.Number(), doneAt: orNull(Type.Number()), ok: orNull(Type.Boolean()), outcome: orNull(Type.String()) })),
})
export type OwnReadiness = Static<typeof OwnReadiness>

/** POST /api/v1/me/test-messages. */
export const TestMessageBody = Type.Object({ channel: TestChannel }, { additionalProperties: false })
export type TestMessageBody = Static<typeof TestMessageBody>

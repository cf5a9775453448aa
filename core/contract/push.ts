import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

/** A browser of the caller that shows pages, or did. Instants are epoch milliseconds UTC. */
export const PushRow = Type.Object({
  id: Type.String(),
  /** The push service. */
  host: Type.String(),
  createdAt: Type.Number(),
  removedAt: Nullable(Type.Number()),
  /** `gone`: the push service said so; `by_person`. */
  removedWhy: Nullable(Type.String()),
})
export type PushRow = Static<typeof PushRow>

/** GET /api/v1/me/push. */
export const PushState = Type.Object({ publicKey: Type.String(), items: Type.Array(PushRow) })
export type PushState = Static<typeof PushState>

/** POST /api/v1/me/push: what `PushSubscription.toJSON()` of the browser holds. */
export const PushBody = Type.Object(
  {
    endpoint: Type.String({ minLength: 10, maxLength: 1_000 }),
    keys: Type.Object({ p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{87}=?$' }), auth: Type.String({ pattern: '^[A-Za-z0-9_-]{22}={0,2}$' }) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
)

/** POST /api/v1/push-receipts: what the browser says of a page. */
export const PushReceiptBody = Type.Object({ token: Type.String({ maxLength: 60 }), status: Type.Union([Type.Literal('shown'), Type.Literal('opened')]) }, { additionalProperties: false })

import { type Static, Type } from 'typebox'
import { ROLES } from '../domain/vocabulary.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const RoleSchema = Type.Unsafe<(typeof ROLES)[number]>({ type: 'string', enum: [...ROLES] })

export const LoginBody = Type.Object({ login: Type.String({ minLength: 1, maxLength: 100 }), password: Type.String({ minLength: 1, maxLength: 200 }) }, { additionalProperties: false })

/** GET /api/v1/me */
export const Me = Type.Object({
  kind: Type.Union([Type.Literal('user'), Type.Literal('wall')]),
  id: Type.String(),
  login: Nullable(Type.String()),
  displayName: Type.String(),
  role: Nullable(RoleSchema),
  regionCode: Type.String(),
  regionNameZh: Type.String(),
  regionNameEn: Type.String(),
  /** Header `x-csrf-token` of every POST of a session; null for devices. */
  csrfToken: Nullable(Type.String()),
  isDemo: Type.Boolean(),
  serverTime: Type.Number(),
})
export type Me = Static<typeof Me>

export const UserBody = Type.Object(
  {
    login: Type.String({ minLength: 2, maxLength: 64, pattern: '^[a-z0-9][a-z0-9._-]*$' }),
    displayName: Type.String({ minLength: 1, maxLength: 64 }),
    role: RoleSchema,
    regionCode: Type.String({ minLength: 1, maxLength: 12 }),
    password: Type.String({ minLength: 12, maxLength: 200 }),
  },
  { additionalProperties: false },
)
export const UserRow = Type.Object({ id: Type.String(), login: Type.String(), displayName: Type.String(), role: RoleSchema, regionCode: Type.String(), isDemo: Type.Boolean(), disabledAt: Nullable(Type.Number()) })

export const ApiKeyBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }), regionCode: Type.String({ minLength: 1, maxLength: 12 }) }, { additionalProperties: false })
/** The clear key is in the answer to its making, and never again. */
export const ApiKeyMade = Type.Object({ id: Type.String(), key: Type.String() })
export const ApiKeyRow = Type.Object({ id: Type.String(), name: Type.String(), regionCode: Type.String(), createdAt: Type.Number(), lastUsedAt: Nullable(Type.Number()), revokedAt: Nullable(Type.Number()) })

/** POST /api/v1/wall-devices (no login): the wall shows `code`; with `claim` it asks whether an admin has confirmed. */
export const PairingMade = Type.Object({ id: Type.String(), code: Type.String(), claim: Type.String(), expiresAt: Type.Number() })
export const PairingState = Type.Object({ state: Type.Union([Type.Literal('waiting'), Type.Literal('confirmed'), Type.Literal('expired')]), token: Type.Optional(Type.String()) })
export const PairingConfirm = Type.Object({ code: Type.String({ minLength: 6, maxLength: 12 }), name: Type.String({ minLength: 1, maxLength: 64 }), regionCode: Type.String({ minLength: 1, maxLength: 12 }) }, { additionalProperties: false })
export const WallDeviceRow = Type.Object({ id: Type.String(), name: Nullable(Type.String()), regionCode: Nullable(Type.String()), confirmedAt: Nullable(Type.Number()), lastSeenAt: Nullable(Type.Number()), revokedAt: Nullable(Type.Number()) })

const WebhookPurpose = Type.Unsafe<'alerts' | 'canary'>({ type: 'string', enum: ['alerts', 'canary'], description: 'alerts：本区域的预警（缺省）；canary：每分钟的链路演练，走得通时才有 / alerts of the region (default); the canary of each minute, while they come through' })
export const WebhookBody = Type.Object({ regionCode: Type.String({ minLength: 1, maxLength: 12 }), url: Type.String({ minLength: 8, maxLength: 500 }), secret: Type.String({ minLength: 16, maxLength: 200 }), purpose: Type.Optional(WebhookPurpose) }, { additionalProperties: false })
export const WebhookRow = Type.Object({ id: Type.String(), regionCode: Type.String(), url: Type.String(), purpose: WebhookPurpose, createdAt: Type.Number(), disabledAt: Nullable(Type.Number()) })

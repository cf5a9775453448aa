import { type Static, Type } from 'typebox'
import { CONTACT_KINDS, IM_CHANNELS, PROVIDER_KINDS, type ProviderKind } from '../domain/notification/contact.ts'
import { RECEIPT_KINDS } from '../domain/notification/receipt.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const ImSchema = Type.Unsafe<(typeof IM_CHANNELS)[number]>({ type: 'string', enum: [...IM_CHANNELS] })
const Contact = Nullable(Type.String({ minLength: 1, maxLength: 254 }))

/** How a person is reached. What is left out stays; null takes it away. */
export const ContactsBody = Type.Object(
  {
    mobile: Type.Optional(Contact),
    email: Type.Optional(Contact),
    wecom: Type.Optional(Contact),
    dingtalk: Type.Optional(Contact),
    feishu: Type.Optional(Contact),
    preferredIm: Type.Optional(Nullable(ImSchema)),
  },
  { additionalProperties: false },
)
export type ContactsBody = Static<typeof ContactsBody>

/** The same, masked: nobody is given the whole of it, the person included. */
export const ContactsRow = Type.Object({
  masked: Type.Object(Object.fromEntries(CONTACT_KINDS.map((kind) => [kind, Nullable(Type.String())])) as Record<(typeof CONTACT_KINDS)[number], ReturnType<typeof Nullable<ReturnType<typeof Type.String>>>>),
  preferredIm: Nullable(ImSchema),
  updatedAt: Nullable(Type.Number()),
})
export type ContactsRow = Static<typeof ContactsRow>

const KindSchema = Type.Unsafe<ProviderKind>({ type: 'string', enum: Object.keys(PROVIDER_KINDS) })
const settings = {
  url: Type.String({ minLength: 8, maxLength: 500, description: 'https://…；smtp:// 或 smtps:// 用于邮件 / https://…; smtp:// or smtps:// for mail' }),
  account: Type.String({ maxLength: 200, description: 'SMTP 用户名、企业微信 corpid、网关账号 / SMTP user, WeCom corpid, account at the gateway' }),
  sender: Type.String({ maxLength: 200, description: '发件人地址、企业微信 agentid、短信签名 / sender address, WeCom agentid, signature of SMS' }),
  perMinute: Type.Integer({ minimum: 1, maximum: 100_000, description: '每分钟上限 / at most this many a minute' }),
  isEnabled: Type.Boolean(),
  takesAnswers: Type.Optional(Type.Boolean({ description: '短信上行或卡片按钮回调接到警钟 / replies of this gateway, or pressed buttons of its cards, come back to Tocsin' })),
}
const secrets = {
  token: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '机器人地址中的 key；只写不读 / the key in a robot’s address; never given out' })),
  secret: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '签名密钥或密码；只写不读 / secret for signing, or password; never given out' })),
  callbackToken: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '平台回调的 Token；只写不读 / the token of the platform’s callback; never given out' })),
  callbackKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '平台回调的加密密钥（EncodingAESKey、Encrypt Key）；只写不读 / the callback’s key of encryption; never given out' })),
}

export const ProviderBody = Type.Object({ kind: KindSchema, regionCode: Type.String({ minLength: 1, maxLength: 12 }), ...settings, ...secrets }, { additionalProperties: false })
/** A change: secrets that are left out stay. */
export const ProviderChange = Type.Object({ ...settings, ...secrets }, { additionalProperties: false })

export const ProviderRow = Type.Object({
  id: Type.String(),
  kind: KindSchema,
  regionCode: Type.String(),
  url: Type.String(),
  account: Type.String(),
  sender: Type.String(),
  perMinute: Type.Integer(),
  takesAnswers: Type.Boolean(),
  isEnabled: Type.Boolean(),
  createdAt: Type.Number(),
  updatedAt: Type.Number(),
  isBeingTested: Type.Boolean(),
  /** When it was last tested, whether the provider took the test, and its word. */
  provedAt: Nullable(Type.Number()),
  proofOk: Nullable(Type.Boolean()),
  proof: Nullable(Type.String()),
})
export type ProviderRow = Static<typeof ProviderRow>

/** POST /api/v1/receipts/:id, signed by the gateway. */
export const ReceiptBody = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', description: '消息的 id / the id of the message' }),
    status: Type.Unsafe<(typeof RECEIPT_KINDS)[number]>({ type: 'string', enum: [...RECEIPT_KINDS] }),
    key: Type.Optional(Type.String({ pattern: '^[0-9*#]$', description: '电话中所按的键 / the key pressed in a call' })),
    code: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,10}$', description: '网关的原因代码 / the gateway’s code of the reason' })),
  },
  { additionalProperties: false },
)
export type ReceiptBody = Static<typeof ReceiptBody>

/** POST /api/v1/replies/:id, signed by the gateway: what somebody sent back by short message. */
export const ReplyBody = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_:-]{1,64}$', description: '网关的消息编号；重复者不再处理 / the gateway’s id of the message; repeated ones do nothing' }),
    from: Type.String({ pattern: '^[+]?[0-9]{5,18}$', description: '发送者号码；只用于比对，不保存 / the sender’s number; compared, not kept' }),
    text: Type.String({ maxLength: 500 }),
  },
  { additionalProperties: false },
)
export type ReplyBody = Static<typeof ReplyBody>

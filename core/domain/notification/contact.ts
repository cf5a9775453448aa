import type { ChannelName } from '../vocabulary.ts'

/** The enterprise chats that a deployment may have. */
export const IM_CHANNELS = ['wecom', 'dingtalk', 'feishu'] as const
export type ImChannel = (typeof IM_CHANNELS)[number]

/** How a member of staff can be reached outside Tocsin. */
export const CONTACT_KINDS = ['mobile', 'email', ...IM_CHANNELS] as const
export type ContactKind = (typeof CONTACT_KINDS)[number]
export type Contacts = Readonly<Partial<Record<ContactKind, string>>>

/** Channels that leave the deployment for a person, and the contact that each needs. */
export const CONTACT_OF = { email: 'email', wecom: 'wecom', dingtalk: 'dingtalk', feishu: 'feishu', sms: 'mobile', voice: 'mobile' } as const
export type OutsideChannel = keyof typeof CONTACT_OF
export const isOutside = (channel: string): channel is OutsideChannel & ChannelName => channel in CONTACT_OF

/** What a provider speaks, and the channel that it serves. */
export const PROVIDER_KINDS = {
  smtp: 'email',
  wecom_robot: 'wecom',
  wecom_app: 'wecom',
  dingtalk_robot: 'dingtalk',
  feishu_robot: 'feishu',
  feishu_app: 'feishu',
  sms_gateway: 'sms',
  voice_gateway: 'voice',
} as const satisfies Record<string, OutsideChannel>
export type ProviderKind = keyof typeof PROVIDER_KINDS
/** The kinds of providers that serve a channel. */
export const kindsOf = (channel: OutsideChannel): ProviderKind[] =>
  (Object.keys(PROVIDER_KINDS) as ProviderKind[]).filter((kind) => PROVIDER_KINDS[kind] === channel)

const SHAPES: Readonly<Record<ContactKind, RegExp>> = {
  mobile: /^\+?\d{8,15}$/,
  email: /^[^\s@<>,;"]{1,64}@[a-z0-9.-]{1,180}\.[a-z]{2,24}$/i,
  wecom: /^[\w.@-]{1,64}$/,
  dingtalk: /^[\w.@$:-]{1,64}$/,
  feishu: /^[\w.@-]{1,64}$/,
}

/** Those of the given contacts that cannot be one. */
export const unfitContacts = (contacts: Contacts): ContactKind[] =>
  CONTACT_KINDS.filter((kind) => contacts[kind] !== undefined && !SHAPES[kind].test(contacts[kind]))

/** A contact as it may be shown, the owner included: never the whole of it. */
export function maskContact(kind: ContactKind, value: string): string {
  if (kind === 'mobile') return `${value.slice(0, 3)}****${value.slice(-4)}`
  if (kind === 'email') return `${value.slice(0, 1)}***${value.slice(value.indexOf('@'))}`
  return `${value.slice(0, 2)}***`
}

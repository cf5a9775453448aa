import type { ContactKind, ImChannel, ProviderKind } from '../../core/domain/notification/contact.ts'

/** Lists for forms, held against the types: a new kind does not compile until it stands here. */
const CONTACT: Readonly<Record<ContactKind, true>> = { mobile: true, email: true, wecom: true, dingtalk: true, feishu: true }
const IM: Readonly<Record<ImChannel, true>> = { wecom: true, dingtalk: true, feishu: true }
const PROVIDER: Readonly<Record<ProviderKind, true>> = { smtp: true, wecom_robot: true, wecom_app: true, dingtalk_robot: true, feishu_robot: true, feishu_app: true, sms_gateway: true, voice_gateway: true }

export const CONTACT_KINDS = Object.keys(CONTACT) as ContactKind[]
export const IM_CHANNELS = Object.keys(IM) as ImChannel[]
export const PROVIDER_KINDS = Object.keys(PROVIDER) as ProviderKind[]

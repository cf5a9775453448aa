import type { OutsideChannel } from '../../core/domain/notification/contact.ts'
import type { ChannelName } from '../../core/domain/vocabulary.ts'
import { canary } from './canary.ts'
import type { Channel } from './channel.ts'
import { dingtalk } from './dingtalk.ts'
import { email } from './email.ts'
import { feishu } from './feishu.ts'
import { inApp } from './in-app.ts'
import type { PersonChannel } from './person-channel.ts'
import { sms } from './sms.ts'
import { voice } from './voice.ts'
import { webPushChannel } from './web-push.ts'
import { webhook } from './webhook.ts'
import { wecom } from './wecom.ts'

/** Those that leave the deployment for one person. */
export const PERSON_CHANNELS: Readonly<Record<OutsideChannel, PersonChannel>> = { email, wecom, dingtalk, feishu, sms, voice }

/** Every channel there is. */
export const CHANNEL_CATALOGUE: Readonly<Record<ChannelName, Channel>> = { in_app: inApp, web_push: webPushChannel, webhook, canary, ...PERSON_CHANNELS }

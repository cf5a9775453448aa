import type { ChannelName } from '../../core/domain/vocabulary.ts'
import type { Channel } from './channel.ts'
import { inApp } from './in-app.ts'
import { webhook } from './webhook.ts'

/** Every channel there is. */
export const CHANNEL_CATALOGUE: Readonly<Record<ChannelName, Channel>> = { in_app: inApp, webhook }

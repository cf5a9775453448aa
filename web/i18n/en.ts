import { data } from './en/data.ts'
import { desk } from './en/desk.ts'
import { channels } from './en/channels.ts'
import { frame } from './en/frame.ts'
import { rules } from './en/rules.ts'
import { tickets } from './en/tickets.ts'
import type { zh } from './zh.ts'

/** Every word the pages show in English, by place. */
export const en = { ...frame, ...channels, ...desk, ...tickets, ...rules, ...data } satisfies typeof zh

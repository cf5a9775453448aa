import { ack } from './en/ack.ts'
import { channels } from './en/channels.ts'
import { push } from './en/push.ts'
import { data } from './en/data.ts'
import { desk } from './en/desk.ts'
import { frame } from './en/frame.ts'
import { ladders } from './en/ladders.ts'
import { quiet } from './en/quiet.ts'
import { reports } from './en/reports.ts'
import { rosters } from './en/rosters.ts'
import { rules } from './en/rules.ts'
import { settings } from './en/settings.ts'
import { tickets } from './en/tickets.ts'
import type { zh } from './zh.ts'

/** Every word the pages show in English, by place. */
export const en = { ...frame, ...desk, ...tickets, ...rules, ...ladders, ...reports, ...quiet, ...ack, ...data, ...channels, ...push, ...rosters, ...settings } satisfies typeof zh

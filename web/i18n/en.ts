import { data } from './en/data.ts'
import { desk } from './en/desk.ts'
import { frame } from './en/frame.ts'
import { ladders } from './en/ladders.ts'
import { reports } from './en/reports.ts'
import { rosters } from './en/rosters.ts'
import { rules } from './en/rules.ts'
import { tickets } from './en/tickets.ts'
import type { zh } from './zh.ts'

/** Every word the pages show in English, by place. */
export const en = { ...frame, ...desk, ...tickets, ...rules, ...ladders, ...reports, ...rosters, ...data } satisfies typeof zh

import { data } from './zh/data.ts'
import { desk } from './zh/desk.ts'
import { channels } from './zh/channels.ts'
import { frame } from './zh/frame.ts'
import { rules } from './zh/rules.ts'
import { tickets } from './zh/tickets.ts'

/** Every word the pages show in Chinese, by place. `en.ts` must have the same keys (it does not compile otherwise). */
export const zh = { ...frame, ...channels, ...desk, ...tickets, ...rules, ...data }

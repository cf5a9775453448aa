import { ack } from './zh/ack.ts'
import { channels } from './zh/channels.ts'
import { push } from './zh/push.ts'
import { data } from './zh/data.ts'
import { desk } from './zh/desk.ts'
import { frame } from './zh/frame.ts'
import { handover } from './zh/handover.ts'
import { ladders } from './zh/ladders.ts'
import { proof } from './zh/proof.ts'
import { quiet } from './zh/quiet.ts'
import { reports } from './zh/reports.ts'
import { review } from './zh/review.ts'
import { rosters } from './zh/rosters.ts'
import { rules } from './zh/rules.ts'
import { settings } from './zh/settings.ts'
import { tickets } from './zh/tickets.ts'

/** Every word the pages show in Chinese, by place. `en.ts` must have the same keys (it does not compile otherwise). */
export const zh = { ...frame, ...desk, ...tickets, ...rules, ...ladders, ...reports, ...quiet, ...ack, ...data, ...channels, ...push, ...rosters, ...handover, ...review, ...settings, proof }

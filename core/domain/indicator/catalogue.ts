import type { Indicator } from './indicator.ts'
import { VOLUME } from './k01-volume.ts'
import { HANDLED_IN_TIME } from './k18-handled-in-time.ts'
import { OPEN_TICKETS } from './k22-open.ts'
import { ABNORMAL_IN_TIME } from './k32-abnormal-in-time.ts'
import { PRECISION } from './k74-precision.ts'
import { TIME_TO_ACKNOWLEDGE } from './k75-time-to-acknowledge.ts'
import { TIME_TO_CLOSE } from './k76-time-to-close.ts'
import { ACKNOWLEDGED_IN_TIME } from './k77-acknowledged-in-time.ts'
import { SUPERVISED } from './k78-supervised.ts'
import { LATENCY } from './k79-latency.ts'
import { COMPLETENESS } from './k80-completeness.ts'
import { MISSED_RISKS } from './k82-missed-risks.ts'
import { REVIEWED_IN_TIME } from './k83-reviewed-in-time.ts'
import { DELIVERED } from './k84-delivered.ts'

/** Every published indicator, in the order of domain.md section 6. */
export const INDICATORS: readonly Indicator[] = [
  VOLUME,
  HANDLED_IN_TIME,
  OPEN_TICKETS,
  ABNORMAL_IN_TIME,
  PRECISION,
  TIME_TO_ACKNOWLEDGE,
  TIME_TO_CLOSE,
  ACKNOWLEDGED_IN_TIME,
  SUPERVISED,
  LATENCY,
  COMPLETENESS,
  MISSED_RISKS,
  REVIEWED_IN_TIME,
  DELIVERED,
]

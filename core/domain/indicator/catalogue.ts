import type { Indicator } from './indicator.ts'
import { VOLUME } from './k01-volume.ts'
import { HANDLED_IN_TIME } from './k18-handled-in-time.ts'
import { OPEN_TICKETS } from './k22-open.ts'

/** Every published indicator, in the order of domain.md section 6. */
export const INDICATORS: readonly Indicator[] = [VOLUME, HANDLED_IN_TIME, OPEN_TICKETS]

import type { Clock } from '../../core/platform/clock.ts'
import { systemClock } from '../../core/platform/clock.ts'

/** How much faster the time of the workers runs: a claim of 20 s lasts 2.5 s, and hundreds of runs fit in minutes. */
export const SPEED = 8

export interface Origin {
  readonly real: number
  readonly logical: number
}

/** The fast clock of all processes of a lane. */
export const fastClock = ({ real, logical }: Origin): Clock => ({ now: () => logical + Math.round((systemClock.now() - real) * SPEED) })

/** When, on the machine's clock, the fast clock shows `at`. */
export const realOf = ({ real, logical }: Origin, at: number): number => real + (at - logical) / SPEED

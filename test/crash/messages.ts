import type { Actor } from '../../core/domain/alert/alert.ts'
import type { AlertSpec } from '../../core/engine/new-alert.ts'
import type { Origin } from './clock.ts'

/** What makes a warm process a worker of a lane. */
export interface Go {
  readonly kind: 'go'
  readonly url: string
  readonly redisUrl: string | null
  readonly origin: Origin
  readonly secret: string
}

export type Ask =
  | { readonly kind: 'open'; readonly no: number; readonly spec: AlertSpec }
  | { readonly kind: 'ack'; readonly no: number; readonly alertId: string; readonly actor: Actor }

/** What a worker tells its parent. */
export type Word =
  | { readonly kind: 'warm' | 'ready' | 'hit' }
  | { readonly kind: 'answer'; readonly no: number; readonly isOk: boolean; readonly error: string }

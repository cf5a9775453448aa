import type { NodeFigures } from '../../core/contract/wall.ts'

/** Today's count beside the usual one at the same time of day. `by` is positive; `percent` null where the usual is zero. */
export type VolumeAgainstBaseline =
  | { readonly kind: 'no_baseline' }
  | { readonly kind: 'equal' }
  | { readonly kind: 'above' | 'below'; readonly by: number; readonly percent: number | null }

/** Compares as shown: the baseline is rounded to whole tickets first, so that the three numbers on the screen add up. */
export function volumeAgainstBaseline(figures: Pick<NodeFigures, 'acceptedToday' | 'baselineToday'>): VolumeAgainstBaseline {
  if (figures.baselineToday === null) return { kind: 'no_baseline' }
  const usual = Math.round(figures.baselineToday)
  const by = figures.acceptedToday - usual
  if (by === 0) return { kind: 'equal' }
  return { kind: by > 0 ? 'above' : 'below', by: Math.abs(by), percent: usual === 0 ? null : (Math.abs(by) / usual) * 100 }
}

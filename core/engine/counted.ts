import type { Contribution, CubeName } from '../domain/count/contribution.ts'

type Tuple = [cube: CubeName, binAt: number, regionCode: string, kind: string, phenomenon: string, n: number]

/** Contributions as the short text that a ticket row keeps; the same contributions give the same text. */
export function writeCounted(list: readonly Contribution[]): string {
  return JSON.stringify(list.map(({ cube, binAt, regionCode, kind, phenomenon, n }): Tuple => [cube, binAt, regionCode, kind, phenomenon, n]))
}

/** The contributions of a ticket row's text. */
export function readCounted(text: string): Contribution[] {
  return (JSON.parse(text) as Tuple[]).map(([cube, binAt, regionCode, kind, phenomenon, n]) => ({ cube, binAt, regionCode, kind, phenomenon, n }))
}

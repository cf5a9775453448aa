import type { BackTestAnswer, BackTestRun } from '../../core/contract/back-test.ts'
import { formatCount, formatReading } from '../format/number.ts'

type Side = BackTestAnswer['did']

/** One line of the table of figures: its word under `rules.backTest` or a colour, and what it says of a side; null: nobody has checked any. */
export interface FigureLine {
  readonly word: string
  readonly colour: number | null
  readonly say: (side: Side) => string | null
}

/** The figures of a back-test in the order of the page: cases, by colour from the worst, what people said, pages. */
export const FIGURE_LINES: readonly FigureLine[] = [
  { word: 'cases', colour: null, say: ({ cases }) => formatCount(cases) },
  ...[4, 3, 2, 1].map((colour) => ({ word: 'colour', colour, say: ({ byColour }: Side) => formatCount(byColour[colour - 1] ?? 0) })),
  { word: 'checked', colour: null, say: ({ right, wrong }) => `${formatCount(right)} / ${formatCount(wrong)}` },
  { word: 'precision', colour: null, say: ({ precision }) => (precision === null ? null : `${formatReading(precision)}%`) },
  { word: 'pages', colour: null, say: ({ pages }) => formatCount(pages) },
  { word: 'shiftMean', colour: null, say: ({ pagesPerShift }) => formatReading(pagesPerShift.mean) },
  { word: 'shiftMost', colour: null, say: ({ pagesPerShift }) => formatCount(pagesPerShift.most) },
]

/** The word for a difference in time and its whole minutes. */
export function timeDifference(minutesEarlier: number): { readonly word: 'earlier' | 'later' | 'same'; readonly minutes: string } {
  const word = minutesEarlier > 0 ? 'earlier' : minutesEarlier < 0 ? 'later' : 'same'
  return { word, minutes: formatReading(Math.abs(minutesEarlier)) }
}

/** Whether a back-test still goes on. */
export const isLive = ({ state }: Pick<BackTestRun, 'state'>): boolean => state === 'waiting' || state === 'running'

/** How far it is in whole percent; 100 only when all is replayed. */
export const percentOf = ({ ticksDone, ticksTotal }: Pick<BackTestRun, 'ticksDone' | 'ticksTotal'>): number => Math.floor((ticksDone / Math.max(1, ticksTotal)) * 100)

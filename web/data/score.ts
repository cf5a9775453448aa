import type { QualityAnswer } from '../../core/contract/quality.ts'

export type QualityDay = QualityAnswer['days'][number]
export type ScoreState = QualityDay['state']

/** A form for each state, so that colour is never alone. */
export const MARKS: Readonly<Record<ScoreState, string>> = { good: '●', watch: '▲', poor: '■', no_data: '–' }

/** Local days of the answer's period, newest first. */
export function daysOf({ from, to }: Pick<QualityAnswer, 'from' | 'to'>): readonly string[] {
  const days: string[] = []
  for (let at = Date.parse(`${to}T00:00:00Z`); at >= Date.parse(`${from}T00:00:00Z`); at -= 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10))
  return days
}

/** The day of a province, or undefined where nothing was counted. */
export const dayOf = (answer: QualityAnswer, provinceCode: string, day: string): QualityDay | undefined =>
  answer.days.find((one) => one.provinceCode === provinceCode && one.day === day)

/** Provinces with the lowest latest score first, those without any data last; the tree's order among equals. */
export function byNeed(answer: QualityAnswer): readonly QualityAnswer['provinces'][number][] {
  const latest = (code: string) => {
    for (const day of daysOf(answer)) {
      const score = dayOf(answer, code, day)?.score
      if (score !== undefined && score !== null) return score
    }
    return Number.POSITIVE_INFINITY
  }
  return answer.provinces
    .map((province, index) => ({ province, index, score: latest(province.code) }))
    .sort((a, b) => (a.score === b.score ? a.index - b.index : a.score - b.score))
    .map(({ province }) => province)
}

/** Points that a check takes off a day's score. */
export const lostPoints = (rate: number | null, weight: number): number => (rate ?? 0) * weight

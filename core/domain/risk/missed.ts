/** Who found a risk that no rule had raised (domain.md K-82). */
export const MISS_FINDERS = ['regulator', 'press', 'management'] as const
export type MissFinder = (typeof MISS_FINDERS)[number]

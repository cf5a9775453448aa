/** A fault planted in a copy of the source, and the few test files that must notice it. */
export interface Mutation {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
  readonly what: string
  readonly tests: readonly string[]
}

export type Fault = readonly [find: string, replace: string, what: string]

/** The mutations of one file, all tried by the same tests. */
export const planted = (file: string, tests: readonly string[], faults: readonly Fault[]): readonly Mutation[] =>
  faults.map(([find, replace, what]) => ({ file, find, replace, what, tests }))

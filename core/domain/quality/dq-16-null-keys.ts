import type { QualityCheck } from './quality-check.ts'

/** A unique key of the schema. */
export interface UniqueKey {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly isNullable: boolean }[]
  /** NULL equals NULL in it. */
  readonly isNullsNotDistinct: boolean
}

/** Keys of several columns in which a NULL would let the same row in twice. */
export const leakyKeys = (keys: readonly UniqueKey[]): readonly string[] =>
  keys
    .filter(({ columns, isNullsNotDistinct }) => columns.length > 1 && !isNullsNotDistinct && columns.some(({ isNullable }) => isNullable))
    .map(({ name }) => name)

/** A rule for the schema, held by a test. */
export const NULL_KEYS: QualityCheck = {
  id: 'DQ-16',
  nameZh: '唯一键视空值相等',
  nameEn: 'Unique keys treat NULL as equal',
  whatZh: '库结构规则，由测试保证',
  whatEn: 'A rule for the schema, held by a test',
  reaction: 'schema',
  weight: 0,
}

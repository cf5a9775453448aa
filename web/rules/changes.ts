import type { RuleShown } from '../../core/contract/rules.ts'

/** What a form about to be sent would change of a rule, line by line. */
export interface Change {
  readonly name: string
  readonly from: number | boolean
  readonly to: number | boolean
}

/** The differences between a rule and what a form says: whether it is on first (named `isOn`), then the parameters in their order. Fields left empty change nothing. */
export function changesOf(rule: RuleShown, isOn: boolean, values: Readonly<Record<string, number | ''>>): Change[] {
  const changes: Change[] = rule.isOn === isOn ? [] : [{ name: 'isOn', from: rule.isOn, to: isOn }]
  for (const { name, value } of rule.parameters) {
    const to = values[name]
    if (to !== undefined && to !== '' && to !== value) changes.push({ name, from: value, to })
  }
  return changes
}

/** Parameters that would go beyond the catalogue's default to its laxer side: worth a second look. */
export const laxer = (rule: RuleShown, changes: readonly Change[]): string[] =>
  rule.parameters.flatMap(({ name, default: usual, stricter }) => {
    const to = changes.find((change) => change.name === name)?.to
    return typeof to === 'number' && (stricter === 'lower' ? to > usual : to < usual) ? [name] : []
  })

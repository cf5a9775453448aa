import type { RuleShown } from '../../core/contract/rules.ts'

/** What a form about to be sent would change of a rule, line by line. */
export interface Change {
  readonly name: string
  readonly from: number | boolean
  readonly to: number | boolean
}

type Entered = Readonly<Record<string, number | ''>>

/** The differences between a rule and what a form says: whether it is on first (named `isOn`), then the parameters in their order. Fields left empty change nothing. */
export function changesOf(rule: RuleShown, isOn: boolean, values: Entered): Change[] {
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

type Parameter = RuleShown['parameters'][number]

/** The values that a parameter may be given: the group within its range, a province on the stricter side of the group's. */
export function rangeOf({ least, most, group, stricter }: Parameter, isProvince: boolean): { readonly least: number; readonly most: number } {
  if (!isProvince) return { least, most }
  return stricter === 'lower' ? { least, most: group } : { least: group, most }
}

/** The values to send: what differs from what is in force, and for a province the group's value as "no value of its own". */
export function valuesToSend(rule: RuleShown, changes: readonly Change[], isProvince: boolean): Record<string, number | null> {
  return Object.fromEntries(
    changes.flatMap(({ name, to }) => {
      if (typeof to !== 'number') return []
      const group = rule.parameters.find((one) => one.name === name)?.group
      return [[name, isProvince && to === group ? null : to] as const]
    }),
  )
}

/** A province's own value that is laxer than the group's by now: the group's goes before it. */
export const isOvertaken = ({ own, value }: Parameter): boolean => own !== null && own !== value

import type { Severity } from '../vocabulary.ts'
import type { Ladder, LadderSet } from './ladder.ts'

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

function faultsOf(ladder: Ladder, name: string): string[] {
  const faults: string[] = []
  if (ladder.steps.length === 0) faults.push(`${name}: at least one step is needed`)
  if (!(ladder.handleMinutes > 0)) faults.push(`${name}: handleMinutes must be above 0`)
  if (ladder.ackMinutes !== null && !(ladder.ackMinutes > 0)) faults.push(`${name}: ackMinutes must be above 0 or null`)
  ladder.steps.forEach((step, index) => {
    const before = ladder.steps[index - 1]
    if (!(step.afterMinutes >= 0)) faults.push(`${name} step ${index + 1}: afterMinutes must be 0 or more`)
    if (before !== undefined && step.afterMinutes <= before.afterMinutes) faults.push(`${name} step ${index + 1}: must come after step ${index}`)
    if (step.targets.length === 0) faults.push(`${name} step ${index + 1}: names nobody`)
    if (step.channels.length === 0) faults.push(`${name} step ${index + 1}: names no channel`)
  })
  return faults
}

/** What makes a set of ladders unfit to be put in force; empty when nothing does. A ladder that calls nobody is never accepted. */
export function ladderFaults(ladders: LadderSet): readonly string[] {
  return (['risk', 'abnormal'] as const).flatMap((kind) => SEVERITIES.flatMap((severity) => faultsOf(ladders[kind][severity], `${kind} ${severity}`)))
}

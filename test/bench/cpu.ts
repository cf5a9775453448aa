import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc a second on Linux. */
const TICKS = 100

interface ProcessTimes {
  readonly parent: number
  /** Own and reaped children's processor time, ms. */
  readonly ms: number
}

function timesOf(pid: string): ProcessTimes | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /u, '').split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0)
    return { parent: Number(fields[1]), ms: (ticks * 1000) / TICKS }
  } catch {
    return null
  }
}

/**
 * Processor time that a process, all its descendants and those it has reaped have used so far, ms. Differences are what counts: a backend that
 * ends in between moves to its parent's account. NaN where there is no /proc.
 */
export function familyCpu(rootPid: number): number {
  const all = new Map<number, ProcessTimes>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/u.test(name)) continue
    const times = timesOf(name)
    if (times !== null) all.set(Number(name), times)
  }
  if (!all.has(rootPid)) return Number.NaN
  const isDescendant = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = all.get(at)?.parent) if (at === rootPid) return true
    return false
  }
  return [...all].reduce((sum, [pid, { ms }]) => (isDescendant(pid) ? sum + ms : sum), 0)
}

/** This process's own processor time, ms. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

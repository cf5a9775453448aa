import { rollUp } from '../domain/count/roll-up.ts'
import type { BacklogFact } from '../domain/risk/facts.ts'
import type { RiskParameters } from '../domain/risk/reading.ts'
import { atLocal, dayStart, floorTo, HOUR, type Instant, localDate, shiftDays } from '../domain/time.ts'
import { hasOpenTickets, loadBacklog } from '../store/backlog-store.ts'
import type { Engine, EngineTx } from './context.ts'

const isOff = ({ disabledRules }: RiskParameters) => disabledRules.includes('MR-16')

/** Whether so many tickets are open that MR-16 could have anything to say: one statement, none where it is off. */
export const mayBacklogMatter = async ({ pool }: Engine, parameters: RiskParameters): Promise<boolean> =>
  !isOff(parameters) && hasOpenTickets(pool, parameters.kinds, parameters.backlog.open)

/** The backlog of each province at the last full hour before a tick. */
export async function backlogFacts({ engine: { tree, zone }, tx }: EngineTx, parameters: RiskParameters, tickAt: Instant): Promise<BacklogFact[]> {
  if (isOff(parameters)) return []
  const { backlog, kinds } = parameters
  const hourAt = floorTo(tickAt, HOUR)
  const dayAt = dayStart(hourAt, zone)
  const monthAt = atLocal(`${localDate(hourAt, zone).slice(0, 7)}-01`, 0, zone)
  const sums = await loadBacklog(tx, { kinds, monthAt, dayAt, hourAt, finishedFrom: shiftDays(dayAt, -backlog.days, zone) })
  const rolled = (measure: 'open' | 'over48h' | 'finished') => rollUp(sums.map(({ regionCode, [measure]: n }) => ({ regionCode, n })), tree)
  const [open, over48h, finished] = [rolled('open'), rolled('over48h'), rolled('finished')]
  const provinces = tree.all().filter(({ level, code }) => level === 'province' && (open.get(code) ?? 0) > 0)
  return provinces.map(({ code }) => ({ provinceCode: code, open: open.get(code) ?? 0, over48h: over48h.get(code) ?? 0, finished: finished.get(code) ?? 0 }))
}

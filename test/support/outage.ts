import { HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import { runRisk } from '../../workers/risk.ts'
import { at } from './builders.ts'
import { type Complaint, createdEvent, spread, takeIn } from './complaints.ts'
import { type EngineWorld, engineWorld } from './engine-world.ts'
import { setRiskRules } from './risk-rules.ts'

/** domain.md S-1, variant B, as stored history: eight Thursdays of about ten an hour, and an outage with 180 tickets of 172 customers. */
const TICK = 300 * SECOND
const WEEKS = [9, 11, 10, 12, 8, 10, 11, 9]
const BINS = [6, 18, 26, 30, 28, 22, 18, 14, 8, 5, 3, 2]
const AGAIN: Readonly<Record<number, number>> = { 6: 2, 7: 2, 8: 2, 9: 1, 10: 1 }

export const local = (clock: string): Instant => at(`2026-06-11 ${clock}`)

const past = (): Complaint[] =>
  WEEKS.flatMap((perHour, index) => {
    const start = local('18:00') - (index + 1) * 7 * 24 * HOUR
    return Array.from({ length: 6 }, (_, hour) => spread(start + hour * HOUR, start + (hour + 1) * HOUR, perHour))
      .flat()
      .map((acceptedAt, place) => ({ no: `W${index + 1}-${place}`, at: acceptedAt }))
  })

function outage(): Complaint[] {
  const waiting = Array.from({ length: 8 }, (_, index) => `R${index}`)
  const refilers = [...waiting]
  return BINS.flatMap((count, bin) => {
    const start = local('20:10') + bin * TICK
    return spread(start, start + TICK, count).map((acceptedAt, place): Complaint => {
      const customer = bin === 3 && place < 8 ? refilers[place] : place < (AGAIN[bin] ?? 0) ? waiting.shift() : undefined
      return { no: `O${bin}-${place}`, at: acceptedAt, ...(customer === undefined ? {} : { customer }) }
    })
  })
}

/** A world in which S-1 has happened, with MR-01 and MR-02 on and every tick up to 23:00 run. */
export async function outageWorld(): Promise<EngineWorld> {
  const world = await engineWorld({ now: () => local('18:00') - 70 * 24 * HOUR })
  await setRiskRules(world.pool, 'MR-01', 'MR-02')
  const before = past().sort((a, b) => a.at - b.at)
  await takeIn(world.engine, before.map(createdEvent), (before.at(-1)?.at ?? 0) + 2 * HOUR)
  const tickets = outage()
  for (let tickAt = local('20:05'); tickAt <= local('23:00'); tickAt += TICK) {
    const filed = tickets.filter((ticket) => ticket.at >= tickAt - TICK && ticket.at < tickAt)
    await takeIn(world.engine, filed.map(createdEvent), tickAt)
    await runRisk(world.engine, tickAt + 2 * SECOND)
  }
  return world
}

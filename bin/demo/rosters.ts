import type { Engine } from '../../core/engine/context.ts'
import type { RosterShape } from '../../core/contract/rosters.ts'
import { putRoster, changeRoster, type RosterDesk } from '../../core/engine/roster-changes.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { dateOfDay, dayNumber, type Instant } from '../../core/domain/time.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadRosterCandidates, loadRosterPositions } from '../../core/store/roster-store.ts'

/** The positions that the demo's provinces keep rosters of. */
const ROLES: readonly Role[] = ['duty_manager', 'province_center_director']
const ENTRY = { author: 'demo', reason: '演示排班，人员均为虚构 / an invented roster' }

/**
 * Gives every province of a demo rosters of its own demo accounts: the manager by day, the director by night, each with the other as deputy, and the director's
 * position the other way round. Does nothing where there are rosters already.
 */
export async function ensureDemoRosters(engine: Engine, now: Instant): Promise<void> {
  if ((await loadRosterPositions(engine.pool, ENGINE_SCOPE)).length > 0) return
  const { calendar } = await engine.settings(now)
  const today = dayNumber(now, engine.zone)
  const anchor = dateOfDay(today - 30)
  for (const province of engine.tree.all().filter(({ level }) => level === 'province')) {
    const accounts = await loadRosterCandidates(engine.pool, ENGINE_SCOPE, province.path)
    const own = accounts.filter(({ regionPath }) => regionPath === province.path)
    const idOf = (role: Role) => own.find((one) => one.role === role)?.userId
    const [manager, director, department] = [idOf('duty_manager'), idOf('province_center_director'), idOf('province_cs_dept')]
    if (manager === undefined || director === undefined || department === undefined) continue
    await inTransaction(engine.pool, async (tx) => {
      for (const role of ROLES) {
        const [first, second] = role === 'duty_manager' ? [manager, director] : [director, department]
        const roster: RosterShape = {
          pattern: 'day_night', fromMinute: 480, toMinute: 1200,
          rotations: [
            { kinds: ['day'], crews: [{ primary: first, deputy: second }], anchor, turnDays: 7 },
            { kinds: ['night'], crews: [{ primary: second, deputy: first }, { primary: first, deputy: second }], anchor, turnDays: 7 },
          ],
        }
        const desk: RosterDesk = {
          tx, scope: ENGINE_SCOPE, tree: engine.tree, terms: { zone: engine.zone, calendar: calendar.body }, position: { role, regionCode: province.code }, entry: { ...ENTRY, now },
        }
        await putRoster(desk, { basedOn: 0, roster, reason: ENTRY.reason })
        // One leave, so that a deputy who stands in can be seen.
        if (role === 'province_center_director') {
          const [from, to] = [`${dateOfDay(today + 3)}T08:00`, `${dateOfDay(today + 4)}T08:00`]
          await changeRoster(desk, { basedOn: 1, change: { kind: 'leave', userId: department, from, to }, reason: '演示：培训 / demo: training' })
        }
      }
    })
  }
}

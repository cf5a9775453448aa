import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { Ladder, Ladders } from '../../core/domain/escalation/ladder.ts'
import type { LadderChannel } from '../../core/domain/vocabulary.ts'
import type { Sql } from '../../core/platform/database.ts'

const spoken = (channels: readonly LadderChannel[]) => channels.filter((channel) => channel === 'in_app' || channel === 'webhook')

function plain(ladder: Ladder): Ladder {
  const { steps, reminder } = ladder
  return { ...ladder, steps: steps.map((step) => ({ ...step, channels: spoken(step.channels) })), reminder: reminder === null ? null : { ...reminder, channels: spoken(reminder.channels) } }
}

const each = ({ 1: blue, 2: yellow, 3: orange, 4: red }: Ladders): Ladders => ({ 1: plain(blue), 2: plain(yellow), 3: plain(orange), 4: plain(red) })

/** The default ladders without the channels that need a provider: what a step calls is then one row for each person and endpoint. */
export const PLAIN_LADDERS = { ...DEFAULT_LADDERS, risk: each(DEFAULT_LADDERS.risk), abnormal: each(DEFAULT_LADDERS.abnormal) }

/** Puts {@link PLAIN_LADDERS} in the place of the seeded version 1. */
export async function usePlainLadders(sql: Sql): Promise<void> {
  await sql.query("update config_version set body = $1::jsonb where kind = 'ladders' and version = 1", [JSON.stringify(PLAIN_LADDERS)])
}

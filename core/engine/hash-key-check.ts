import { ENGINE_SCOPE } from '../domain/access.ts'
import { lostKey } from '../domain/protect/change-over.ts'
import type { Instant } from '../domain/time.ts'
import { deleteHashKeyUses, loadHashKeyUses, saveHashKeyUses } from '../store/hash-key-store.ts'
import { latestOccurredAt } from '../store/province-feed-store.ts'
import type { Engine } from './context.ts'

/**
 * Notes which keys are in force, and warns in the log when the identity key was changed without a change-over of 90 days (domain.md 8.4).
 * To be called at every start; returns whether it warned.
 */
export async function checkHashKeys({ pool, hashKeys, log }: Pick<Engine, 'pool' | 'hashKeys' | 'log'>, now: Instant): Promise<boolean> {
  const inForce = [hashKeys.first.id, ...(hashKeys.next === null ? [] : [hashKeys.next.id])]
  if ((await latestOccurredAt(pool, ENGINE_SCOPE)) === null) await deleteHashKeyUses(pool)
  const lost = lostKey(await loadHashKeyUses(pool), inForce, now)
  await saveHashKeyUses(pool, inForce, now)
  if (lost === null) return false
  log.warn(
    { removed: lost, identity: hashKeys.first.id },
    `号码散列密钥 ${lost} 未经 90 天并行即被移除：此前的工单与此后的工单将认不出是同一客户（30–90 天的重复投诉等规则会漏判）。` +
      `请把 ${lost} 放回 TOCSIN_HASH_KEYS 第一位、新密钥放第二位，90 天后再移除。 / ` +
      `The number-hash key ${lost} was removed before 90 days beside the new one: tickets before and after are not seen to be of one customer ` +
      `(repeats within 30–90 days are missed). Put ${lost} back first in TOCSIN_HASH_KEYS, the new key second, and remove it after 90 days.`,
  )
  return true
}

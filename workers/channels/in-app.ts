import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { insertNotification } from '../../core/store/notification-store.ts'
import type { Channel } from './channel.ts'

/**
 * The desk itself: a row that the person's client fetches or is pushed, and confirms when it shows it (domain.md 7.3). One row per delivery,
 * however often it is called.
 */
export const inApp: Channel = {
  name: 'in_app',
  nameZh: '站内通知',
  nameEn: 'In the application',
  isIdempotent: true,
  isQueryable: false,
  receipts: 'client',
  limits: { timeoutMs: 5_000, perTarget: 4 },
  async prepare(engine, delivery) {
    const { alertId, severity, step, target: userId, outboxId, payload, regionCode, regionPath } = delivery
    return async (at) => {
      try {
        await inEngineTransaction(engine, at, async ({ tx, feed }) => {
          const notificationId = await insertNotification(tx, { userId, outboxId, alertId, payload }, at)
          if (notificationId === null) return
          feed.add({ topic: 'notification', regionCode, regionPath, userId, payload: { notificationId, alertId, severity, step } })
        })
        return { kind: 'accepted', detail: { zh: '已推送到本人界面', en: 'put before the person' } }
      } catch (error) {
        engine.log.warn({ err: error, outboxId }, 'in-app notification failed')
        return { kind: 'not_reached', detail: { zh: '数据库暂时无法写入', en: 'the database could not take it' } }
      }
    }
  },
}

import { MINUTE } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'

/** No event of a province for T, 3 T, 6 T, 12 T (domain.md 5.2, S-9). By arrival: late data that arrives is heard of. */
export const SILENT_FEED: FactRule = {
  id: 'MR-17',
  nameZh: '数据静默',
  nameEn: 'Silent feed',
  meaningZh: '一省已超过应有时长没有任何事件到达，其数字不可当作没有投诉。',
  meaningEn: 'Nothing of a province has arrived for longer than it should take; its figures must not be taken for "no complaints".',
  isPrompt: true,
  read: ({ feeds }, { tickAt, parameters: { silence } }) =>
    feeds.map(({ provinceCode, lastReceivedAt, silentAfterMs }) => {
      const silentMs = tickAt - lastReceivedAt
      const level = ([4, 3, 2, 1] as const).find((colour) => {
        const factor = silence.factors[colour - 1]
        return factor !== null && factor !== undefined && silentMs >= factor * silentAfterMs
      })
      const [minutes, limit] = [Math.floor(silentMs / MINUTE), Math.round(silentAfterMs / MINUTE)]
      return saidReading('MR-17', tickAt, {
        matter: { kind: 'feed', name: '' },
        regionCode: provinceCode,
        level: (level ?? 0) as Level,
        value: minutes,
        zh: `已 ${minutes} 分钟没有事件到达（T = ${Number.isFinite(limit) ? limit : '不适用'} 分钟）`,
        en: `nothing has arrived for ${minutes} min (T = ${Number.isFinite(limit) ? limit : 'none'} min)`,
        facts: { silentMinutes: minutes, T: Number.isFinite(limit) ? limit : null },
      })
    }),
}

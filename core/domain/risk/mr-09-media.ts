import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import { phenomenonMatter } from './matter.ts'
import { levelReached } from './reading.ts'

/** An opinion item until it has been handled, by how far it has come (domain.md 5.2). A tendency 1 on a ticket is AT-11's business until an article confirms it. */
export const MEDIA_EXPOSURE: FactRule = {
  id: 'MR-09',
  nameZh: '媒体曝光',
  nameEn: 'Media exposure',
  meaningZh: '舆情监测到的文章或帖子，按媒体级别与阅读量定级，处置前一直成立。',
  meaningEn: 'An article or post was detected; its colour follows the medium and its readers, and it stands until it is handled.',
  isPrompt: true,
  read: ({ opinions }, { tickAt, parameters: { opinion } }) =>
    opinions.map(({ opinionId, regionCode, medium, topic, phenomenon, reach, spread }) =>
      saidReading('MR-09', tickAt, {
        matter: phenomenon === '' ? { kind: 'opinion', name: opinionId } : phenomenonMatter(phenomenon),
        regionCode,
        level: Math.max(levelReached(reach ?? 0, opinion.reach), spread === null ? 0 : opinion.spread[spread]) as Level,
        value: reach ?? 0,
        zh: `舆情 ${opinionId}（${medium || '来源未知'}）：${topic || '主题未知'}，阅读量 ${reach ?? '未知'}，传播 ${spread ?? '未知'}`,
        en: `opinion item ${opinionId} (${medium || 'medium unknown'}): ${topic || 'topic unknown'}, readers ${reach ?? 'unknown'}, spread ${spread ?? 'unknown'}`,
        facts: { opinionId, reach, spread },
      }),
    ),
}

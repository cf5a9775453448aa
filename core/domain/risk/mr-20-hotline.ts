import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { Thresholds } from './reading.ts'

/** The highest colour whose threshold a rate lies below, 0 for none. */
function levelBelow(rate: number, below: Thresholds): Level {
  const level = ([4, 3, 2, 1] as const).find((candidate) => {
    const threshold = below[candidate - 1]
    return threshold !== null && threshold !== undefined && rate < threshold
  })
  return level ?? 0
}

/**
 * The connect rate (K-59) of a province's hot line over the last minutes, where calls enough entered its queue (domain.md 5.2). Calls that have entered and not ended
 * yet are not told of: they are missing among the answered ones for as long as people talk.
 */
export const HOTLINE_DOWN: FactRule = {
  id: 'MR-20',
  nameZh: '服务中断：客服渠道',
  nameEn: 'Own channels down',
  meaningZh: '一省热线最近 15 分钟进入人工排队的来电不少于 200 通，而接通率低于阈值。',
  meaningEn: 'At least 200 calls of a province entered the queue of its hot line within 15 minutes, and fewer of them were answered than the threshold says.',
  isPrompt: false,
  read: ({ hotline }, { tickAt, parameters: { hotline: { minutes, calls: least, below } } }) =>
    hotline.map(({ provinceCode, calls, answered }) => {
      // Judged by the exact rate; shown with two decimals, cut off, so that what lies below a threshold reads so.
      const rate = (answered / calls) * 100
      return saidReading('MR-20', tickAt, {
        matter: { kind: 'hotline', name: '' },
        regionCode: provinceCode,
        level: calls >= least ? levelBelow(rate, below) : 0,
        value: Math.floor(rate * 100) / 100,
        zh: `最近 ${minutes} 分钟 ${calls} 通来电进入人工排队，接通 ${answered} 通`,
        en: `${answered} of ${calls} calls that entered the queue within ${minutes} min were answered`,
        facts: { calls, answered },
      })
    }),
}

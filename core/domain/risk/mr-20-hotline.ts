import { MINUTE } from '../time.ts'
import { type Level, OWN_SYSTEMS, type OwnSystem } from '../vocabulary.ts'
import { type FactRule, type RiskScene, saidReading } from './fact-rule.ts'
import type { HotlineFact, IncidentFact } from './facts.ts'
import type { RiskReading, Thresholds } from './reading.ts'

/** The highest colour whose threshold a rate lies below, 0 for none. */
function levelBelow(rate: number, below: Thresholds): Level {
  const level = ([4, 3, 2, 1] as const).find((candidate) => {
    const threshold = below[candidate - 1]
    return threshold !== null && threshold !== undefined && rate < threshold
  })
  return level ?? 0
}

function rateReading({ provinceCode, calls, answered }: HotlineFact, { tickAt, parameters: { hotline: { minutes, calls: least, below } } }: RiskScene): RiskReading {
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
}

const isOwnSystem = (product: string): product is OwnSystem => (OWN_SYSTEMS as readonly string[]).includes(product)

function systemReading({ incidentId, product, regionCode, startedAt, users }: IncidentFact, { tickAt, parameters }: RiskScene): RiskReading[] {
  if (!isOwnSystem(product)) return []
  const minutes = Math.floor((tickAt - startedAt) / MINUTE)
  return [
    saidReading('MR-20', tickAt, {
      matter: { kind: 'product', name: product },
      regionCode,
      level: parameters.hotline.systems[product],
      value: users ?? 0,
      zh: `自有渠道系统故障 ${incidentId} 未恢复，已持续 ${minutes} 分钟`,
      en: `own system down: incident ${incidentId} open for ${minutes} min`,
      facts: { incidentId, users, minutes },
    }),
  ]
}

/**
 * The connect rate (K-59) of a province's hot line over the last minutes, where calls enough entered its queue (domain.md 5.2). Calls that have entered and not ended
 * yet are not told of: they are missing among the answered ones for as long as people talk. An incident whose product is a system of the own channels is true while
 * it is open; the text gives such a system no colour, the default is yellow (assumed).
 */
export const HOTLINE_DOWN: FactRule = {
  id: 'MR-20',
  nameZh: '服务中断：客服渠道',
  nameEn: 'Own channels down',
  meaningZh: '一省热线最近 15 分钟进入人工排队的来电不少于 200 通而接通率低于阈值，或 APP、营业厅、热线系统有未恢复的故障。',
  meaningEn: 'At least 200 calls of a province entered the queue of its hot line within 15 minutes, and fewer of them were answered than the threshold says; or the app, the halls’ or the hot line’s system is down.',
  isPrompt: false,
  read: ({ hotline, incidents }, scene) => [...hotline.map((fact) => rateReading(fact, scene)), ...incidents.flatMap((incident) => systemReading(incident, scene))],
}

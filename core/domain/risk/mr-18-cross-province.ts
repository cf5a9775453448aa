import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import type { CaseFact } from './facts.ts'
import { matterKey } from './matter.ts'

/** The highest colour that a province's cases have. */
function colours(cases: readonly CaseFact[]): Map<string, Level> {
  const byProvince = new Map<string, Level>()
  for (const { provinceCode, severity } of cases) {
    if (provinceCode !== null) byProvince.set(provinceCode, Math.max(severity, byProvince.get(provinceCode) ?? 0) as Level)
  }
  return byProvince
}

/**
 * Cases of one phenomenon or product in several provinces at once (domain.md 5.2, S-8): one colour above the highest member, red at most. Provinces below
 * the least colour are attached and do not count.
 */
export const CROSS_PROVINCE: FactRule = {
  id: 'MR-18',
  nameZh: '跨省同质',
  nameEn: 'Cross-province',
  meaningZh: '24 小时内多个省就同一现象或产品有达到黄色的案件，升为集团案件。',
  meaningEn: 'Within 24 hours several provinces have a case of at least yellow about one phenomenon or product: a case of the group.',
  isPrompt: false,
  read({ cases }, { tickAt, parameters: { crossProvince }, tree }) {
    const byMatter = new Map<string, CaseFact[]>()
    for (const one of cases) {
      if (one.matter.kind !== 'phenomenon' && one.matter.kind !== 'product') continue
      if (one.matter.name === '') continue
      const key = matterKey(one.matter)
      byMatter.set(key, [...(byMatter.get(key) ?? []), one])
    }
    return [...byMatter.values()].flatMap((alike) => {
      const [first] = alike
      if (first === undefined) return []
      const all = [...colours(alike)].sort(([a], [b]) => (a < b ? -1 : 1))
      const members = all.filter(([, severity]) => severity >= crossProvince.leastColour)
      const isTrue = members.length >= crossProvince.provinces
      const level = isTrue ? (Math.min(4, Math.max(...members.map(([, severity]) => severity)) + 1) as Level) : 0
      const named = members.map(([code]) => code).join('、')
      const attached = all.filter(([, severity]) => severity < crossProvince.leastColour).map(([code]) => code)
      return [
        saidReading('MR-18', tickAt, {
          matter: { kind: 'cross_province', name: first.matter.name },
          regionCode: tree.root.code,
          level,
          value: members.length,
          zh: `“${first.matter.name}”在 ${members.length} 个省达到黄色及以上（${named || '无'}）${attached.length > 0 ? `，另有 ${attached.join('、')} 附列` : ''}`,
          en: `"${first.matter.name}" is yellow or above in ${members.length} provinces (${members.map(([code]) => code).join(', ') || 'none'})${attached.length > 0 ? `, ${attached.join(', ')} attached` : ''}`,
          facts: { members: members.map(([code]) => code).join(','), attached: attached.join(',') },
        }),
      ]
    })
  },
}

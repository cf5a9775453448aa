import { describe, expect, test } from 'vitest'
import { NO_FACTS, type RiskFacts, type TemplateText } from '../../core/domain/risk/facts.ts'
import { phenomenonMatter } from '../../core/domain/risk/matter.ts'
import { TEMPLATE_COMPLAINTS } from '../../core/domain/risk/mr-03-template.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY } from '../../core/domain/time.ts'
import type { Level } from '../../core/domain/vocabulary.ts'
import { RISK_TREE as tree } from '../support/risk-tree.ts'

const read = (facts: Pick<RiskFacts, 'templateTexts'>) =>
  TEMPLATE_COMPLAINTS.read({ ...NO_FACTS, ...facts }, { tickAt: 100 * DAY, parameters: DEFAULT_RISK_PARAMETERS, tree })
const levels = (facts: Pick<RiskFacts, 'templateTexts'>) => read(facts).map(({ ruleId, regionCode, level }) => [ruleId, regionCode, level])

describe('MR-03', () => {
  const text = (no: number, more: Partial<TemplateText> = {}): TemplateText => ({
    isByWords: false, cluster: 'k1', kind: 'appeal', ticketKey: `t${no}`, customerKey: `c${no}`, contactKey: `n${no}`, addressKey: null, isProxy: false, phenomenon: '增值权益', regionCode: '320500', ...more,
  })
  const texts = (count: number, more: Partial<TemplateText> = {}) => Array.from({ length: count }, (_, no) => text(no, more))

  test.each<[TemplateText['kind'], number, Level]>([
    ['appeal', 2, 0], ['appeal', 3, 1], ['appeal', 4, 1], ['appeal', 5, 2], ['appeal', 9, 2], ['appeal', 10, 3], ['appeal', 29, 3], ['appeal', 30, 4],
    ['complaint', 4, 0], ['complaint', 5, 1], ['complaint', 9, 1], ['complaint', 10, 2], ['complaint', 29, 2], ['complaint', 30, 3], ['complaint', 99, 3], ['complaint', 100, 4],
  ])('%s texts of %i customers: level %i', (kind, count, expected) => {
    expect(levels({ templateTexts: texts(count, { kind }) })).toEqual([['MR-03', '32', expected]])
    expect(levels({ templateTexts: texts(count, { kind, cluster: null }) })).toEqual([['MR-03', '32', expected]])
  })

  test('customers, not texts; clusters are not added up; appeals are one matter and complaints that of most of them', () => {
    expect(levels({ templateTexts: [...texts(2), text(7, { customerKey: 'c0' })] })).toEqual([['MR-03', '32', 0]])
    expect(levels({ templateTexts: [...texts(4), ...texts(4, { cluster: 'k2' })] })).toEqual([['MR-03', '32', 1]])
    for (const [large, small] of [['k1', 'k2'], ['k2', 'k1']] as const) {
      expect(levels({ templateTexts: [...texts(6, { cluster: large }), ...texts(3, { cluster: small })] })).toEqual([['MR-03', '32', 2]])
    }
    expect(read({ templateTexts: texts(3) }).map(({ matter }) => matter)).toEqual([{ kind: 'appeals', name: '' }])
    const mixed = [...texts(6, { kind: 'complaint' }), text(9, { kind: 'complaint', phenomenon: '退费' })]
    expect(read({ templateTexts: mixed }).map(({ matter, value }) => [matter, value])).toEqual([[phenomenonMatter('增值权益'), 7]])
  })

  test('over several provinces all of it counts in the country too, or in the one of them that holds nearly all of it', () => {
    const abroad = (from: number, count: number, regionCode: string) => Array.from({ length: count }, (_, no) => text(from + no, { regionCode }))
    expect(levels({ templateTexts: [...texts(6), ...abroad(10, 4, '33')] })).toEqual([['MR-03', '32', 2], ['MR-03', '33', 1], ['MR-03', '00', 3]])
    expect(levels({ templateTexts: [...texts(7), ...abroad(10, 3, '33')] })).toEqual([['MR-03', '33', 1], ['MR-03', '32', 3]])
    // Four customers more move the case down to the province; they take no colour from it.
    const complaints = (near: number) => levels({ templateTexts: [...texts(near, { kind: 'complaint' }), ...abroad(50, 10, '33').map((one) => ({ ...one, kind: 'complaint' as const }))] })
    expect(complaints(20)).toEqual([['MR-03', '32', 2], ['MR-03', '33', 2], ['MR-03', '00', 3]])
    expect(complaints(24)).toEqual([['MR-03', '33', 2], ['MR-03', '32', 3]])
  })

  test('says what organised filing is known by', () => {
    const [reading] = read({ templateTexts: [text(1, { addressKey: 'a', contactKey: 'n' }), text(2, { addressKey: 'a', contactKey: 'n' }), text(3, { contactKey: null, isProxy: true })] })
    expect(reading?.reason).toMatchObject({ facts: { texts: 3, contacts: 1, addresses: 1, proxies: 1, kind: 'appeal' } })
    expect(reading?.tickets).toEqual(['t1', 't2', 't3'])
  })
})

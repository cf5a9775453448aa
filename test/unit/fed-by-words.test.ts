import { describe, expect, test } from 'vitest'
import { buildRegionTree } from '../../core/domain/region.ts'
import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import { type DayTicket, NO_FACTS, type RiskFacts, type TemplateText } from '../../core/domain/risk/facts.ts'
import { readFacts } from '../../core/domain/risk/read-facts.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { DAY } from '../../core/domain/time.ts'
import { node } from '../support/node.ts'

const tree = buildRegionTree([node('00', null, 'group', '/00/'), node('32', '00', 'province', '/00/32/'), node('320500', '32', 'city', '/00/32/320500/')])
const T = 100 * DAY
const said = (facts: Partial<RiskFacts>) =>
  readFacts(FACT_RULES, { ...NO_FACTS, ...facts }, { tickAt: T, parameters: DEFAULT_RISK_PARAMETERS, tree }).map(({ ruleId, matter, level, value }) => [ruleId, matter.name, level, value])
const ticket = (no: number, more: Partial<DayTicket> = {}): DayTicket => ({
  ticketKey: `t${no}`, customerKey: `c${no}`, phenomenon: '其他', product: '', regionCode: '320500', acceptedAt: T - 1, words: [], ...more,
})
const several = <X>(count: number, one: (no: number) => X): X[] => Array.from({ length: count }, (_, no) => one(no))

describe('what words of the dictionary feed (domain.md 5.4)', () => {
  test.each([['KW-MNP', '携出'], ['KW-UNK', '不知情定制'], ['KW-LOC', '业务变更']])('MR-19: %s counts for %s, beside its tickets, once a ticket', (category, subject) => {
    const by = (words: number, named: number) => [
      ...several(words, (no) => ticket(no, { words: [category] })),
      ...several(named, (no) => ticket(100 + no, { phenomenon: subject, words: [category] })),
    ]
    expect(said({ dayTickets: by(4, 0) })).toEqual([['MR-19', subject, 0, 4]])
    expect(said({ dayTickets: by(5, 0) })).toEqual([['MR-19', subject, 1, 5]])
    expect(said({ dayTickets: by(3, 2) })).toEqual([['MR-19', subject, 1, 5]])
    expect(said({ dayTickets: several(9, (no) => ticket(no, { words: ['KW-SPC'] })) })).toEqual([])
  })

  test('MR-13: KW-UNK makes it a charge matter of the item that the ticket names', () => {
    const by = (count: number) => several(count, (no) => ticket(no, { product: '视频彩铃', words: ['KW-UNK'] }))
    const billing = (count: number) => said({ dayTickets: by(count) }).filter(([rule]) => rule === 'MR-13')
    expect([billing(9), billing(10)]).toEqual([[['MR-13', '其他', 0, 9]], [['MR-13', '其他', 1, 10]]])
    expect(said({ dayTickets: several(10, (no) => ticket(no, { product: '视频彩铃', words: ['KW-MNP'] })) }).filter(([rule]) => rule === 'MR-13')).toEqual([])
  })

  test('MR-03: KW-MLC stands beside clusters and reported templates, and of several the largest speaks', () => {
    const text = (no: number, more: Partial<TemplateText> = {}): TemplateText => ({
      cluster: null, isByWords: true, kind: 'complaint', ticketKey: `t${no}`, customerKey: `c${no}`, contactKey: null, addressKey: null, isProxy: false, phenomenon: '增值权益', regionCode: '320500', ...more,
    })
    expect(said({ templateTexts: several(4, (no) => text(no)) })).toEqual([['MR-03', '增值权益', 0, 4]])
    expect(said({ templateTexts: several(5, (no) => text(no)) })).toEqual([['MR-03', '增值权益', 1, 5]])
    expect(said({ templateTexts: [...several(5, (no) => text(no)), ...several(9, (no) => text(no, { isByWords: false }))] })).toEqual([['MR-03', '增值权益', 1, 9]])
  })
})

import { describe, expect, it } from 'vitest'
import { ROLES } from '../../core/domain/vocabulary.ts'
import { may } from '../../core/domain/access.ts'
import { QUALITY_CHECKS } from '../../core/domain/quality/catalogue.ts'
import { DICTIONARY_FIELDS } from '../../core/domain/dictionary/dictionary.ts'
import { TICKET_KINDS } from '../../core/domain/vocabulary.ts'
import type { QualityAnswer } from '../../core/contract/quality.ts'
import { byNeed, dayOf, daysOf, lostPoints } from '../../web/data/score.ts'
import { managesData, seesData } from '../../web/frame/roles.ts'
import { zh } from '../../web/i18n/zh.ts'

const province = (code: string) => ({ code, nameZh: code, nameEn: code })
const day = (provinceCode: string, on: string, score: number | null) => ({ provinceCode, day: on, score, state: 'good' as const, checks: [] })
const answer: QualityAnswer = {
  from: '2026-02-27',
  to: '2026-03-01',
  zone: 'Asia/Shanghai',
  dataAsOf: 0,
  checks: QUALITY_CHECKS.map(({ id, nameZh, nameEn, whatZh, whatEn, reaction, weight }) => ({ id, nameZh, nameEn, whatZh, whatEn, reaction, weight })),
  provinces: ['11', '12', '13', '14'].map(province),
  days: [day('11', '2026-03-01', 99), day('12', '2026-02-28', 70), day('13', '2026-03-01', null), day('13', '2026-02-27', 90)],
  reconciliations: [],
}

describe('the score table', () => {
  it('has every local day of the period, newest first, over the end of a month', () => {
    expect(daysOf(answer)).toEqual(['2026-03-01', '2026-02-28', '2026-02-27'])
    expect(daysOf({ from: '2026-03-01', to: '2026-03-01' })).toEqual(['2026-03-01'])
  })

  it('puts the province with the lowest latest score first, and those without data last', () => {
    expect(byNeed(answer).map(({ code }) => code)).toEqual(['12', '13', '11', '14'])
    expect(dayOf(answer, '12', '2026-02-28')?.score).toBe(70)
    expect(dayOf(answer, '12', '2026-03-01')).toBeUndefined()
  })

  it('takes nothing off for what was not checked', () => {
    expect(lostPoints(null, 10)).toBe(0)
    expect(lostPoints(0.25, 10)).toBe(2.5)
  })
})

describe('the data page', () => {
  it('is offered to exactly the roles that the server lets in', () => {
    for (const role of ROLES) {
      expect([role, seesData(role)]).toEqual([role, may(role, 'see_quarantine')])
      expect([role, managesData(role)]).toEqual([role, may(role, 'manage_data') && may(role, 'replay_quarantine')])
    }
    expect(seesData(null)).toBe(false)
  })

  it('has a word for every field of the dictionaries and every kind of ticket', () => {
    for (const field of DICTIONARY_FIELDS) expect(zh.data.dimension).toHaveProperty(field)
    for (const kind of TICKET_KINDS) expect(zh.data.kind).toHaveProperty(kind)
  })
})

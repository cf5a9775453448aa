import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALERT_STATES, EVENT_TYPES, ROLES, TICKET_KINDS, TICKET_STATES } from '../../core/domain/vocabulary.ts'
import { formatCount, formatFigure, formatOne, formatSigned } from '../../web/format/number.ts'
import { ageOf, formatSpan, formatTime, weekdayOf } from '../../web/format/time.ts'
import { en } from '../../web/i18n/en.ts'
import { RULE_TEXTS } from '../../web/i18n/rules.ts'
import { zh } from '../../web/i18n/zh.ts'

const web = join(import.meta.dirname, '../../web')
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['dist', 'i18n', 'node_modules'].includes(entry.name) ? [] : filesUnder(path)
    return /\.(vue|ts)$/.test(entry.name) ? [path] : []
  })
}

type Tree = { readonly [key: string]: string | Tree }
const leaves = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] => (typeof value === 'string' ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`)))

describe('the dictionaries', () => {
  it('have the same keys in both languages, and no empty word', () => {
    expect(leaves(en).map(([key]) => key)).toEqual(leaves(zh).map(([key]) => key))
    expect([...leaves(zh), ...leaves(en)].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('put the same values into a sentence in both languages', () => {
    const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    const english = new Map(leaves(en))
    expect(leaves(zh).filter(([key, text]) => holes(text).join() !== holes(english.get(key) ?? '').join())).toEqual([])
  })

  it('keep Chinese out of the English texts', () => {
    expect(leaves(en).filter(([key, text]) => key !== 'language.switchTo' && CJK.test(text))).toEqual([])
    expect(Object.values(RULE_TEXTS).filter((rule) => CJK.test(rule.en.name + rule.en.meaning))).toEqual([])
  })

  it('have a word for every state, kind, event and role of the domain', () => {
    for (const state of ALERT_STATES) expect(zh.state).toHaveProperty(state)
    for (const state of TICKET_STATES) expect(zh.ticketState).toHaveProperty(state)
    for (const kind of TICKET_KINDS) expect(zh.ticketKind).toHaveProperty(kind)
    for (const type of EVENT_TYPES) expect(zh.ticketEvent).toHaveProperty(type)
    for (const role of ROLES) expect(zh.role).toHaveProperty(role)
  })

  it('hold every key that a component asks for by name', () => {
    const known = new Set(leaves(zh).map(([key]) => key))
    const asked = filesUnder(web).flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map((match) => match[1] ?? ''))
    expect(asked.length).toBeGreaterThan(100)
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([])
  })

  it('are the only place with Chinese: no component or module holds any', () => {
    const files = filesUnder(web)
    expect(files.length).toBeGreaterThan(40)
    expect(files.filter((path) => CJK.test(readFileSync(path, 'utf8')))).toEqual([])
  })
})

describe('times', () => {
  const at = Date.UTC(2026, 10, 21, 16, 0, 5)

  it('are read in the zone of the data, with midnight as 00', () => {
    expect(formatTime(at, 'Asia/Shanghai', 'clock')).toBe('00:00:05')
    expect(formatTime(at, 'Asia/Shanghai', 'day')).toBe('2026-11-22')
    expect(formatTime(at, 'Asia/Shanghai', 'day_minute')).toBe('11-22 00:00')
    expect(formatTime(at, 'America/New_York', 'day_minute')).toBe('11-21 11:00')
    expect(weekdayOf(at, 'Asia/Shanghai')).toBe('sun')
    expect(weekdayOf(at, 'UTC')).toBe('sat')
  })

  it.each([
    [0, '00:00'],
    [1, '00:01'],
    [59_999, '01:00'],
    [-59_999, '00:59'],
    [3_599_000, '59:59'],
    [3_600_000, '1:00:00'],
    [108_290_000, '30:04:50'],
  ])('print a span of %d ms as %s', (ms, text) => {
    expect(formatSpan(ms)).toBe(text)
  })

  it.each([
    [-5, 'now', 0],
    [59_999, 'now', 0],
    [60_000, 'minute', 1],
    [3_599_999, 'minute', 59],
    [3_600_000, 'hour', 1],
    [172_799_999, 'hour', 47],
    [172_800_000, 'day', 2],
  ])('give %d ms as an age in its largest sensible unit', (ms, unit, count) => {
    expect(ageOf(ms)).toEqual({ unit, count })
  })

  it('give seconds where asked', () => {
    expect(ageOf(59_999, 'second')).toEqual({ unit: 'second', count: 59 })
  })
})

describe('numbers', () => {
  it('are printed alike everywhere', () => {
    expect([formatCount(1_234_567), formatOne(6.05), formatFigure(98.166, 'percent'), formatFigure(12_345, 'tickets')]).toEqual(['1,234,567', '6.1', '98.17%', '12,345'])
  })

  it('carry their sign, except zero', () => {
    expect([5, -5, 0].map((value) => formatSigned(value, formatCount))).toEqual(['+5', '−5', '0'])
    expect(formatSigned(-0.004, (value) => value.toFixed(2))).toBe('0.00')
  })
})

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { loadKeywords } from '../../bin/replay-settings.ts'
import { keywordMatcher } from '../../core/domain/keyword/match.ts'
import { gramsOf, jaccard } from '../../core/domain/near-duplicate/grams.ts'
import { normaliser } from '../../core/domain/near-duplicate/normalise.ts'
import { DEFAULT_NEAR_DUPLICATE } from '../../core/domain/near-duplicate/parameters.ts'

const EXAMPLE = path.join(import.meta.dirname, '../../docs/examples/keywords-en.yaml')

describe('the English dictionary of docs/examples', async () => {
  const { match } = keywordMatcher(await loadKeywords(EXAMPLE))
  const said = (text: string) => match(text, 'complaint').map(({ category, word, kind }) => `${category} ${word}${kind === 'noted' ? ' noted' : ''}`)

  test.each([
    ['Internet issue with my bill', []],
    ['I will sue', ['KW-LAW sue']],
    ['They SUED me? no: I sue.', ['KW-LAW sue']],
    ['better business competition', ['KW-REG better business']],
    ['comcast accourt', []],
    ['see you in court', ['KW-LAW court']],
    ['attorney general', ['KW-REG attorney general']],
    ['I am not going to call a reporter', ['KW-MED reporter noted']],
    ['I will go to a reporter', ['KW-MED reporter']],
    ['never reporter', ['KW-MED reporter noted']],
    ['never. reporter', ['KW-MED reporter']],
    ['cannot   make 911 calls', ['KW-SAF cannot make 911']],
    ['my son pays', []],
    ['my son was charged', ['KW-MIN my son']],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual(expected)
  })
})

const FILE = path.join(import.meta.dirname, '../../../shared/data/comcast-2015.csv')
const isThere = existsSync(FILE)
if (!isThere) process.stdout.write('skipped: the real complaint file ../shared/data/comcast-2015.csv is not there\n')

describe.runIf(isThere)('words and texts of the real complaint file, as docs/worked-example.md tells', () => {
  const rows = isThere ? (parse(readFileSync(FILE), { columns: true, skip_empty_lines: true }) as Record<string, string>[]) : []

  test('hits by category', async () => {
    const { match } = keywordMatcher(await loadKeywords(EXAMPLE))
    const hits: Record<string, number> = {}
    for (const { complaint } of rows) for (const category of new Set(match(String(complaint), 'complaint').map((hit) => hit.category))) hits[category] = (hits[category] ?? 0) + 1
    expect(hits).toEqual({ 'KW-ELD': 1, 'KW-FRD': 45, 'KW-LOC': 10, 'KW-OUT': 23, 'KW-PRV': 1, 'KW-REG': 3, 'KW-SAF': 3, 'KW-SPC': 1, 'KW-STF': 3, 'KW-UNK': 29 })
  })

  test('the model text of June: five within 24 hours at 18:10 of the 25th', () => {
    const read = normaliser([])
    const grams = (text: string) => gramsOf(read(text), DEFAULT_NEAR_DUPLICATE.gram)
    const model = grams('Unfair Billing Practices')
    const alike = rows.filter(({ complaint }) => jaccard(grams(String(complaint)), model) >= DEFAULT_NEAR_DUPLICATE.similarity).map(({ filed_at: at }) => String(at))
    expect(alike.filter((at) => at < '2015-06-23')).toEqual([])
    expect(alike).toHaveLength(13)
    expect(alike.filter((at) => at >= '2015-06-24 18:10' && at < '2015-06-25 18:10')).toHaveLength(5)
  })
})

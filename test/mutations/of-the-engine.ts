import { type Mutation, planted } from './mutation.ts'

const COUNTED = ['test/unit/count-cells.test.ts']
/** These need a database: the laws of the whole engine, and the scenes of kin. */
const LAWS = ['test/db/ingest-laws.test.ts']
/** What published figures say of restatements, and the recount of notices. */
const FIGURES = ['test/db/restated-figures.test.ts']
const NOTICES = ['test/db/recount-notices.test.ts']
const ENGINE = ['test/db/kin.test.ts', ...LAWS]

/** Faults between the fold and the tables: differences, kin, which events are read. */
export const ENGINE_MUTATIONS: readonly Mutation[] = [
  ...planted('core/engine/counted.ts', COUNTED, [
    ['else held.times += sign', 'else held.times += 1', 'what is lost does not cancel what is gained'],
    ['facts.map(textOf).sort()', 'facts.map(textOf)', 'facts are written in the order found'],
    ['filter(({ times }) => times !== 0)', 'filter(({ times }) => times > 0)', 'losses are not written'],
    ['for (const line of lost) add(line, -1)', 'for (const line of lost) add(line, 1)', 'losses are gains'],
    ['elements.push(`[${first.sign},${first.line}]`)', 'elements.push(`[1,${first.line}]`)', 'a loss alone at its place is a gain'],
    ['sign * (counts[index + 1] as number)', '(counts[index + 1] as number)', 'a measure that is lost is added'],
    ['line.lastIndexOf(BEFORE_MEASURES)', 'line.indexOf(BEFORE_MEASURES)', 'a value that looks like the end of the dimensions ends them'],
    ["value === 0 || place", "(typeof value === 'number' && value <= 0) || place", 'negative measures are not written'],
    ["sketched === undefined ? '' : `,${sketched}`", "''", 'the value of the sketch is not written'],
    ['a !== undefined && a < b', 'a !== undefined && a > b', 'lines of two texts are paired in the wrong order'],
    ['if (place < last) return pairs(inOrder(held, places), places)\n', '', 'measures are written in the order found'],
    ['(sketched.get(value) ?? 0) + sign', '(sketched.get(value) ?? 0) + 1', 'a sketched value is never lost'],
  ]),
  ...planted('core/engine/kin.ts', ENGINE, [
    ['if (!now.has(name)) lost.push(row)', 'if (now.has(name)) lost.push(row)', 'keys that a ticket has no more are kept'],
    ['(facts === null ? null : JSON.stringify(facts)) !== before', 'facts !== null && before === null', 'a changed ticket is not looked at again'],
    ['others.size === 0) {', 'others.size < 2) {', 'one other ticket is none'],
    ['    else group.add(ticketKey)\n', '', 'only the first other ticket is looked at'],
  ]),
  ...planted('core/engine/load-histories.ts', LAWS, [
    ['to: Math.max(a.to, b.to)', 'to: a.to', 'the later end of a stretch is not read'],
    ['from: Math.min(a.from, b.from)', 'from: a.from', 'the earlier beginning of a stretch is not read'],
    ['const all = widen(stretchOf(memory), stretch)', 'const all = stretch', 'only the new events are read'],
    ['      group.stretch = widen(group.stretch, stretch) as Stretch\n', '', 'a group is read as far as its first ticket'],
    ['widen(stretchOf(memory), stretch) as Stretch, read })', 'stretch, read })', 'a ticket gone on with forgets its beginning'],
  ]),
  ...planted('core/engine/published.ts', FIGURES, [
    ["view === 'first' ? of(restated, startAt, base) : undefined", 'undefined', 'what restated a figure is no part of what it first said'],
    ['frozenAt ?? endAt + watermark', 'endAt + watermark', 'what was confirmed before a month froze moves it'],
    ['one.bases.some((base) => read.has(base))', 'true', 'a figure names words that moved another'],
    ['reason: maskText(reason)', 'reason', 'a number in a reason is published'],
    ['isRestated || isFrozenMoved ? held', 'isRestated ? held', 'an adjustment does not say whose word it was'],
  ]),
  ...planted('core/store/restated-sum-store.ts', FIGURES, [
    ["r.state = 'confirmed' and r.decided_at > p.published_at", "r.state = 'confirmed'", 'a word before the publishing restates'],
  ]),
  ...planted('bin/recount-notices.ts', NOTICES, [
    [' || differing.has(subjectKey)', '', 'a row that has drifted is not found'],
    [' || isMisjudged', '', 'a call that is not judged as it should be is not found'],
    ['...waiting, ...histories', '...histories', 'a subject with notices in line is folded ahead of the line'],
    ['  await insertCorrections(tx, lostCorrections)\n', '', 'a lost correction is not entered again'],
    ['  if (wrongCallers > 0) await mendCallers(tx)\n', '', 'the lists of callers stay wrong'],
    ["row === undefined ? counted : (row?.counted ?? '[]')", 'counted', 'cells are held to rows that have drifted'],
    ['floor !== null && (firstEventAt < floor || ', 'floor !== null && (', 'a subject whose notices are gone is removed'],
  ]),
]

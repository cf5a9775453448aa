import { type Static, Type } from 'typebox'
import { TICKET_KINDS } from '../domain/vocabulary.ts'

const Words = Type.Array(Type.String({ maxLength: 40 }), { maxItems: 500 })
const Colour = Type.Integer({ minimum: 1, maximum: 4, description: '1 蓝 2 黄 3 橙 4 红 / 1 blue, 2 yellow, 3 orange, 4 red' })

/** A category of the sensitive-keyword dictionary (domain.md 5.4). */
export const KeywordCategoryShown = Type.Object({
  code: Type.String(),
  zh: Type.String(),
  en: Type.String(),
  words: Words,
  exclusions: Words,
  colour: Colour,
  to: Type.Array(Type.String()),
  threats: Type.Array(Type.String(), { description: '其中危及生命的词 / those of its words that are a threat to life' }),
  feeds: Type.Array(Type.String(), { description: '计入的风险规则 / risk rules that count it' }),
  ticketRules: Type.Array(Type.String(), { description: '据以判定的异常工单规则 / rules for tickets that go by it' }),
  opensCase: Type.Boolean({ description: '命中即由 MR-04 立案 / a hit opens MR-04' }),
  isNegatable: Type.Boolean({ description: '否定语使命中只记录 / a negation makes a hit noted only' }),
  exceptKinds: Type.Array(Type.String(), { description: '不适用的工单种类 / kinds of tickets on which it is not evaluated' }),
  needs: Type.Union([Type.Literal('money'), Type.Literal('money_or_own'), Type.Null()], { description: '须同现：金额词，或金额词与 companions / what has to stand beside it: a money word, or one of companions too' }),
  companions: Words,
  together: Type.Integer({ description: '须同现的不同词数 / so many different words together' }),
})
export type KeywordCategoryShown = Static<typeof KeywordCategoryShown>

/** What all categories have in common. */
const Common = { moneyWords: Words, moneyExclusions: Words, negations: Words, cancellers: Words, negationReach: Type.Integer() }
const CommonGiven = Type.Partial(Type.Object(Common))

const Changed = { version: Type.Integer(), at: Type.Number(), author: Type.String(), reason: Type.String() }

/** GET /api/v1/keywords: the newest dictionary, since when it has been in force, and by whose word. */
export const KeywordsAnswer = Type.Object({
  ...Changed,
  mayChange: Type.Boolean(),
  items: Type.Array(KeywordCategoryShown),
  common: Type.Object(Common, { description: '各类共用的金额用语与否定语 / words about money and negations, of all categories' }),
})
export type KeywordsAnswer = Static<typeof KeywordsAnswer>

const Basis = Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: '所依据的词库版本；同一部分此后已被他人更改则 409 / the version that was read; 409 where somebody changed the same part since' })
const Why = Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' })

/** PUT /api/v1/keywords/common: what is given changes, the rest stays. */
export const CommonWordsChange = Type.Object({ version: Basis, ...CommonGiven.properties, reason: Why }, { additionalProperties: false })
export type CommonWordsChange = Static<typeof CommonWordsChange>

/** PUT /api/v1/keywords/:category: what is given changes, the rest stays. */
export const KeywordChange = Type.Object(
  {
    version: Basis,
    words: Type.Optional(Words),
    exclusions: Type.Optional(Words),
    threats: Type.Optional(Words),
    colour: Type.Optional(Colour),
    reason: Why,
  },
  { additionalProperties: false },
)
export type KeywordChange = Static<typeof KeywordChange>

/** GET /api/v1/keywords/history: the newest first; what the order of words alone changed is left out. */
export const KeywordHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      ...Changed,
      changes: Type.Array(
        Type.Object({
          category: Type.String({ description: '类别代码；common 为各类共用 / the code, or common for what all have in common' }),
          zh: Type.String(),
          en: Type.String(),
          lists: Type.Array(Type.Object({ list: Type.String({ description: 'words, exclusions, threats, emergencies, companions, moneyWords, moneyExclusions, negations, cancellers' }), added: Type.Array(Type.String()), removed: Type.Array(Type.String()) })),
          colour: Type.Union([Type.Object({ from: Type.Integer(), to: Type.Integer() }), Type.Null()]),
          reach: Type.Union([Type.Object({ from: Type.Integer(), to: Type.Integer() }), Type.Null()], { description: '否定语在词前的最大字数 / how far before a word a negation may begin' }),
        }),
      ),
    }),
  ),
})
export type KeywordHistory = Static<typeof KeywordHistory>

/** POST /api/v1/keywords/try: a text, and what is being edited of one category and of what all have in common. */
export const KeywordTrial = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 2_000, description: '不保存，不记日志 / neither stored nor logged' }),
    kind: Type.Optional(Type.Unsafe<(typeof TICKET_KINDS)[number]>({ type: 'string', enum: [...TICKET_KINDS], description: '工单种类，缺省投诉 / kind of ticket, a complaint by default' })),
    common: Type.Optional(Type.Object(CommonGiven.properties, { additionalProperties: false, description: '尚未保存的各类共用部分 / what all have in common, as it is being edited' })),
    draft: Type.Optional(
      Type.Object(
        { category: Type.String({ maxLength: 12 }), words: Type.Optional(Words), exclusions: Type.Optional(Words), threats: Type.Optional(Words) },
        { additionalProperties: false, description: '尚未保存的一类 / a category as it is being edited' },
      ),
    ),
  },
  { additionalProperties: false },
)
export type KeywordTrial = Static<typeof KeywordTrial>

const VERDICTS = ['alert', 'noted', 'other_kind', 'excluded', 'unaccompanied', 'in_longer', 'too_few'] as const

/** What became of each word in a text that was tried: `text` is masked as intake masks it, places are its characters. */
export const KeywordTrialAnswer = Type.Object({
  version: Type.Integer(),
  text: Type.String(),
  items: Type.Array(
    Type.Object({
      category: Type.String(),
      word: Type.String(),
      start: Type.Integer(),
      end: Type.Integer(),
      verdict: Type.Unsafe<(typeof VERDICTS)[number]>({ type: 'string', enum: [...VERDICTS] }),
      because: Type.Union([Type.String(), Type.Null()], { description: '起作用的排除语、否定语或更长的词 / the exclusion, negation or longer word that decided' }),
    }),
  ),
})
export type KeywordTrialAnswer = Static<typeof KeywordTrialAnswer>

/** A word found in a ticket; instants in epoch ms. */
export const KeywordHitShown = Type.Object({
  id: Type.String(),
  ticketKey: Type.String(),
  category: Type.String(),
  word: Type.String(),
  kind: Type.Union([Type.Literal('noted'), Type.Literal('alert')]),
  fragment: Type.String({ description: '前后至多 20 字，已脱敏 / at most 20 characters around it, masked' }),
  version: Type.Integer(),
  acceptedAt: Type.Number(),
  regionCode: Type.String(),
  phenomenon: Type.String(),
  wrongAt: Type.Union([Type.Number(), Type.Null()]),
  wrongBy: Type.Union([Type.String(), Type.Null()]),
  wrongReason: Type.Union([Type.String(), Type.Null()]),
})
export type KeywordHitShown = Static<typeof KeywordHitShown>
export const KeywordHitsAnswer = Type.Object({ items: Type.Array(KeywordHitShown) })
export type KeywordHitsAnswer = Static<typeof KeywordHitsAnswer>

/** POST /api/v1/keyword-hits/:id/wrong. */
export const WrongMark = Type.Object({ isWrong: Type.Boolean(), reason: Type.String({ minLength: 2, maxLength: 300 }) }, { additionalProperties: false })

/** GET /api/v1/keyword-precision: by word, the most hits first. */
export const KeywordPrecisionAnswer = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  items: Type.Array(
    Type.Object({
      category: Type.String(),
      word: Type.String(),
      hits: Type.Integer(),
      wrong: Type.Integer(),
      precision: Type.Number({ description: '0–100，两位小数 / two decimals' }),
      isProposedForRemoval: Type.Boolean({ description: '准确率低于 20% 且命中不少于 30 次 / under 20 % with at least 30 hits' }),
    }),
  ),
})
export type KeywordPrecisionAnswer = Static<typeof KeywordPrecisionAnswer>

import { type Static, Type } from 'typebox'

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
  opensCase: Type.Boolean({ description: '命中即由 MR-04 立案 / a hit opens MR-04' }),
})

/** GET /api/v1/keywords: the dictionary in force. */
export const KeywordsAnswer = Type.Object({ version: Type.Integer(), mayChange: Type.Boolean(), items: Type.Array(KeywordCategoryShown) })
export type KeywordsAnswer = Static<typeof KeywordsAnswer>

/** PUT /api/v1/keywords/:category: what is given changes, the rest stays. */
export const KeywordChange = Type.Object(
  {
    words: Type.Optional(Words),
    exclusions: Type.Optional(Words),
    threats: Type.Optional(Words),
    colour: Type.Optional(Colour),
    reason: Type.String({ minLength: 2, maxLength: 300, description: '为何更改 / why' }),
  },
  { additionalProperties: false },
)
export type KeywordChange = Static<typeof KeywordChange>

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
export const KeywordHitsAnswer = Type.Object({ items: Type.Array(KeywordHitShown) })

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

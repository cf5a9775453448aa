import { type Static, Type } from 'typebox'

/** Whose settings decided: a province where anything of the rule stands otherwise there than in the group, else the group. */
export const DecidedBy = Type.Object({
  isProvince: Type.Boolean({ description: '省自设的值 true；集团的值 false / true for a province’s own settings, false for the group’s' }),
  code: Type.String(),
  nameZh: Type.String(),
  nameEn: Type.String(),
})
export type DecidedBy = Static<typeof DecidedBy>

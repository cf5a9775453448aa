import { type Static, Type } from 'typebox'

/** The one error body of the API: a stable code, both languages, and where it applies what to mend. */
export const ErrorBody = Type.Object({
  error: Type.Object({
    code: Type.String(),
    messageZh: Type.String(),
    messageEn: Type.String(),
    field: Type.Optional(Type.String()),
    expected: Type.Optional(Type.String()),
    mend: Type.Optional(Type.String()),
    retryAfterSeconds: Type.Optional(Type.Number()),
    /** Who was first, where somebody else won a race. */
    by: Type.Optional(Type.String()),
    at: Type.Optional(Type.Number()),
  }),
})
export type ErrorBody = Static<typeof ErrorBody>

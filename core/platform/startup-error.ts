/** The same sentence for both readers; Chinese is shown first. */
export interface Bilingual {
  zh: string
  en: string
}

/**
 * A fault that the operator can mend before the next start: what is wrong and what to do, in both languages.
 * Printed without a stack; `code` is for programs, `cause` for the log.
 */
export class StartupError extends Error {
  override readonly name: string = 'StartupError'
  readonly code: string
  readonly what: Bilingual
  readonly mend: Bilingual

  constructor(code: string, what: Bilingual, mend: Bilingual, cause?: unknown) {
    super(`${what.zh}\n  ${mend.zh}\n${what.en}\n  ${mend.en}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.mend = mend
  }
}

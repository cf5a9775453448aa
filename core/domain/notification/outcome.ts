/** What became of a delivery, in both languages; kept with it and shown to people. */
export interface Outcome {
  readonly zh: string
  readonly en: string
}

/** The same in both languages, say `HTTP 204`. */
export const plain = (text: string): Outcome => ({ zh: text, en: text })

/** One thing said after the other. */
export const withMore = (first: Outcome, more: Outcome): Outcome => ({ zh: `${first.zh}；${more.zh}`, en: `${first.en}; ${more.en}` })

/** As stored: Chinese, a slash, English; once when both are the same. */
export const written = ({ zh, en }: Outcome): string => (zh === en ? zh : `${zh} / ${en}`)

/** Widths of a tip in halves of an ideograph: what fits the chart of a telephone. */
const WIDEST = 40
/** Lines of one text; the table beside the chart has it whole. */
const MOST_LINES = 4
const FIRST_WIDE = 0x2e80

const widthOf = (letter: string): number => ((letter.codePointAt(0) ?? 0) >= FIRST_WIDE ? 2 : 1)

/** A text for a canvas, which does not break lines: cut into lines that fit, at a blank where there is one near, the rest left out. */
export function tipLines(text: string): string {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const letter of text) {
    if (width + widthOf(letter) > WIDEST) {
      const blank = line.lastIndexOf(' ')
      const end = blank > line.length / 2 ? blank : line.length
      lines.push(line.slice(0, end))
      line = line.slice(end).trimStart()
      width = [...line].reduce((sum, one) => sum + widthOf(one), 0)
    }
    line += letter
    width += widthOf(letter)
  }
  lines.push(line)
  return lines.length > MOST_LINES ? `${lines.slice(0, MOST_LINES).join('\n')}…` : lines.join('\n')
}

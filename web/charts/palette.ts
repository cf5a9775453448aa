/** The colours and the type of a chart, read from the tokens of the page that shows it. */
export interface Palette {
  readonly main: string
  readonly soft: string
  readonly axis: string
  readonly grid: string
  readonly target: string
  readonly font: string
  /** Axis labels, px. */
  readonly fontSize: number
  /** Stroke of the main line, px. */
  readonly stroke: number
}

/** Reads the tokens in force at `element`; sizes follow its font size, so charts reflow with the page. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const fontSize = Number.parseFloat(style.fontSize)
  return {
    main: token('--chart-main'),
    soft: token('--chart-soft'),
    axis: token('--chart-axis'),
    grid: token('--chart-grid'),
    target: token('--chart-target'),
    font: token('--font'),
    fontSize: Math.round(fontSize),
    stroke: Math.max(1.5, fontSize / 8),
  }
}

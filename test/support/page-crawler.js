// @ts-nocheck Runs in the page, not in Node.js (page.evaluate takes it as text).
/* eslint-disable */
;(() => {
  const faults = []
  const describe = (element) =>
    `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? `.${element.className.trim().split(/\s+/).join('.')}` : ''}`
  const root = document.scrollingElement
  if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}`)

  const isHidden = (element) => {
    if (element.closest('.for-readers, .skip, dialog:not([open]), details:not([open]) > :not(summary), option')) return true
    const style = getComputedStyle(element)
    return style.visibility === 'hidden' || style.display === 'none' || element.getClientRects().length === 0
  }
  // What is cut off by a box that cannot be scrolled is lost; glyphs may stand out of their line by a quarter of their size.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement
    if (!text.data.trim() || !element || isHidden(element)) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const size = Number.parseFloat(getComputedStyle(element).fontSize)
    const tall = size * 0.3
    for (const rect of range.getClientRects()) {
      if (rect.width === 0) continue
      for (let box = element; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box)
        const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY)
        if (scrolls) break
        const isFrame = box.matches('.tile, .region, .case, .cell, .strip, .panel, button, td, .stale-line') || style.overflowX !== 'visible'
        if (!isFrame) continue
        const edge = box.getBoundingClientRect()
        if (rect.left < edge.left - 1.5 || rect.right > edge.right + 1.5 || rect.top < edge.top - tall || rect.bottom > edge.bottom + tall) {
          faults.push(`"${text.data.trim().slice(0, 30)}" of ${describe(element)} stands out of ${describe(box)}: ${[rect.left - edge.left, edge.right - rect.right, rect.top - edge.top, edge.bottom - rect.bottom].map(Math.round)}`)
          break
        }
      }
    }
  }
  for (const element of document.querySelectorAll('*')) {
    const { zoom, transform } = getComputedStyle(element)
    if (zoom !== '1' || transform.startsWith('matrix')) faults.push(`${describe(element)} is scaled: ${zoom} ${transform}`)
  }
  return { faults: [...new Set(faults)], width: root.scrollWidth, height: root.scrollHeight, smallest: Math.min(...[...document.querySelectorAll('.wall *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && !isHidden(element)).map((element) => Number.parseFloat(getComputedStyle(element).fontSize)), 1e9) }
})()

import { onBeforeUnmount, onMounted, type Ref, ref, type ShallowRef } from 'vue'

/** How many rows and columns of a given size (rem) fit wholly into an element: a wall shows whole rows or none, never a cut one. */
export function useFit(host: Readonly<ShallowRef<HTMLElement | null>>, size: { readonly rowRem: number; readonly gapRem: number; readonly columnRem: number }) {
  const rows: Ref<number> = ref(0)
  const columns: Ref<number> = ref(1)
  let observer: ResizeObserver | null = null
  onMounted(() => {
    const element = host.value
    if (!element) return
    observer = new ResizeObserver(() => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      const gap = size.gapRem * rem
      columns.value = Math.max(1, Math.floor((element.clientWidth + gap) / (size.columnRem * rem + gap)))
      rows.value = Math.max(1, Math.floor((element.clientHeight + gap + 0.5) / (size.rowRem * rem + gap)))
    })
    observer.observe(element)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return { rows, columns }
}

/** A row of tabs that may be wider than its place: it says on which side there is more, and keeps the chosen one in sight. */

export type ScrollRow = {
  /** Brings one of the row into sight, with a little of its neighbour so that one sees there is more. */
  show(child: HTMLElement): void
}

/** Room left beside the chosen one, px. */
const MARGIN_PX = 28

export function scrollRow(row: HTMLElement): ScrollRow {
  let shown: HTMLElement | undefined
  function mark(): void {
    const left = row.scrollLeft > 1
    const right = row.scrollLeft + row.clientWidth < row.scrollWidth - 1
    row.dataset.more = left && right ? 'both' : left ? 'start' : right ? 'end' : 'none'
  }
  function reveal(): void {
    if (!shown || row.clientWidth === 0) return
    const start = shown.offsetLeft - row.offsetLeft
    const end = start + shown.offsetWidth
    if (start - MARGIN_PX < row.scrollLeft) row.scrollLeft = start - MARGIN_PX
    else if (end + MARGIN_PX > row.scrollLeft + row.clientWidth) row.scrollLeft = end + MARGIN_PX - row.clientWidth
  }
  row.classList.add('scroll-row')
  row.addEventListener('scroll', mark, { passive: true })
  // A wheel that turns one way only walks the row too.
  row.addEventListener(
    'wheel',
    (event) => {
      if (event.deltaX !== 0 || event.ctrlKey || row.scrollWidth <= row.clientWidth) return
      event.preventDefault()
      row.scrollLeft += event.deltaY
    },
    { passive: false },
  )
  // Words of another language are of another width.
  const watch = new ResizeObserver(() => {
    reveal()
    mark()
  })
  watch.observe(row)
  for (const child of row.children) watch.observe(child)
  return {
    show(child) {
      shown = child
      reveal()
      mark()
    },
  }
}

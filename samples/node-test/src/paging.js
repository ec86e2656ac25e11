/** Keeps a value between a lower and an upper bound. */
export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

/** How many pages so many items need; an empty list still has one page. */
export function pageCount(total, size) {
  return Math.max(1, Math.ceil(total / size));
}

/** The items of a page. Pages count from 1; a page before the first or after the last gives the nearest one. */
export function pageOf(items, page, size) {
  const count = pageCount(items.length, size);
  const current = clamp(page, count, 1);
  const start = (current - 1) * size;
  return { page: current, count, items: items.slice(start, start + size) };
}

/** Page numbers to show as links: the first, the last, and those around the current one; null stands for a gap. */
export function pageLinks(current, count, around = 1) {
  const links = [];
  for (let page = 1; page <= count; page++) {
    if (page === 1 || page === count || Math.abs(page - current) <= around) {
      links.push(page);
    } else if (links[links.length - 1] !== null) {
      links.push(null);
    }
  }
  return links;
}

/** Characters of text that a record keeps on each side of a canvas. */
export const recordContext = 400;

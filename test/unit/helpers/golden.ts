import path from 'node:path';

/** Outside references: numbers computed by other people's code (see the README there). */
export const goldenFolder = path.join(__dirname, '..', '..', 'golden');

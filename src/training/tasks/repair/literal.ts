/** Values as source text that an equal value comes from again. */

/** Longest text of a value: longer ones make poor evidence. */
const longest = 120;

/**
 * The literal of a value made of primitives, arrays and plain objects, as `assert.deepStrictEqual` would compare it; null for others, deep or long ones.
 * Runs inside the process that calls untrusted functions: a getter may do anything, so objects with getters have no literal.
 */
export function literalOf(value: unknown): string | null {
  const text = write(value, 0);
  return text !== null && text.length <= longest ? text : null;
}

function write(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return String(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'string':
      return quoted(value);
    case 'object':
      return value === null ? 'null' : depth > 3 ? null : writeObject(value, depth);
    default:
      return null;
  }
}

function writeObject(value: object, depth: number): string | null {
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(value));
  if (descriptors.some((d) => d.get !== undefined || d.set !== undefined) || Object.getOwnPropertySymbols(value).length > 0)
    return null;
  if (Array.isArray(value)) {
    // Holes and further properties are not written.
    if (Object.keys(value).length !== value.length || value.length > 24) return null;
    return inBrackets('[', value.map((v) => write(v, depth + 1)), ']'); // prettier-ignore
  }
  // Functions run in a context of their own, whose Object.prototype is another.
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain =
    prototype !== null && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
  const keys = Object.keys(value);
  if (!plain || keys.length > 12 || keys.length !== descriptors.length || keys.includes('__proto__')) return null;
  const entries = keys.map((key) => {
    const text = write((value as Record<string, unknown>)[key], depth + 1);
    return text === null ? null : `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${text}`;
  });
  return keys.length === 0 ? '{}' : inBrackets('{ ', entries, ' }');
}

function inBrackets(open: string, parts: readonly (string | null)[], close: string): string | null {
  return parts.includes(null) ? null : `${open}${parts.join(', ')}${close}`;
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** JSON without loss: whole numbers beyond 2^53 keep their digits, as BigInt; older browsers round them. */

const LONG = /\d{16}/;

function exact(_: string, value: unknown, context?: { source: string }): unknown {
  const long = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '');
  return long ? BigInt(context!.source) : value;
}

/** A frame of the hub. Only rows are exact: what we count with stays a number. */
export function readFrame<T extends { t: string }>(text: string): T {
  const frame = JSON.parse(text) as T;
  return frame.t === 'rows' && LONG.test(text) ? JSON.parse(text, exact) : frame;
}

const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };

/** The value as JSON, with all digits. */
export function writeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? rawJSON!(`${each}`) : each), indent) ?? '';
}

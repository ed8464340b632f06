/** A place in a stream: `<ms>-<seq>-<index>`, ordered as three integers (protocol `offsets.py`). */
export type Offset = readonly [ms: number, seq: number, row: number];

const WHOLE_ENTRY = 999_999;

/** Read an offset; one without index stands after every row of its entry. Text of another shape is the origin. */
export function parseOffset(text: string): Offset {
  const parts = /^(\d{1,20})-(\d{1,20})(?:-(\d{1,6}))?$/.exec(text);
  return parts ? [Number(parts[1]), Number(parts[2]), parts[3] ? Number(parts[3]) : WHOLE_ENTRY] : [0, 0, 0];
}

export function compareOffsets(a: Offset, b: Offset): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Text of strangers made safe to look at: what would be invisible or reorder its neighbours is shown by its code. */
import { writeJson } from './json.ts';

// Controls (C0, DEL, C1), bidi controls, zero-width characters, variation selectors, tags, line separators, lone
// surrogates. Shown by code and not by the pictures of U+2400, which many fonts do not have.
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

function picture(char: string): string {
  const code = char.codePointAt(0)!;
  if (char === '\n') return '⏎';
  if (char === '\t') return '⇥';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** One line in which every character can be seen. */
export function visible(text: string): string {
  return text.replace(HIDDEN, picture);
}

/** The same, but line breaks and tabs keep their meaning: for blocks. */
export function visibleBlock(text: string): string {
  return text.replace(HIDDEN, (char) => (char === '\n' || char === '\t' ? char : picture(char)));
}

/** A value of an attribute on one line. */
export function plain(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value);
}

const LINE = 600;

/** `key=value` pairs for the end of a line, cut where nobody reads on. */
export function pairs(attrs: Record<string, unknown> | undefined): string {
  let out = '';
  for (const key in attrs) {
    out += `${out ? '  ' : ''}${key}=${plain(attrs[key])}`;
    if (out.length > LINE) break;
  }
  return visible(out.slice(0, LINE));
}

/** The message, cut where no screen shows it. */
export function headline(message: string | undefined): string {
  return visible((message ?? '').slice(0, LINE));
}

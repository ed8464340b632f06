/** Changing queries by clicking: a field and a value become one term, which is put in, taken out or left alone. */

/** The value as the language reads it: bare when it is one plain word, else quoted. */
export function quoted(value: string): string {
  return /^[\p{L}\p{N}_./@-]+$/u.test(value) && !value.startsWith('-') ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}

/** `service:pay` or, to exclude, `-service:pay`. */
export function term(field: string, value: string, exclude: boolean): string {
  const name = /^[A-Za-z][\w.@-]*$/.test(field) ? field : `"${field.replace(/(["\\])/g, '\\$1')}"`;
  return `${exclude ? '-' : ''}${name}:${quoted(value)}`;
}

/** Filter and stages of a query: what stands before the first pipe that is neither quoted nor half of an `||`. */
export function split(query: string): [filter: string, stages: string] {
  const found = /^(?:"(?:\\.|[^"\\])*"?|\|\||[^|"])*/.exec(query)![0];
  return [found.trim(), query.slice(found.length).trim()];
}

const join = (filter: string, stages: string) => [filter, stages].filter(Boolean).join(' ');
/** Quoted text out of the way, so that words in it are not taken for operators. */
const bare = (filter: string) => filter.replace(/"(?:\\.|[^"\\])*"?/g, '""');

/** Whether the term stands in the filter by itself, all of which must hold. */
export function hasTerm(query: string, wanted: string): boolean {
  return ` ${split(query)[0]} `.includes(` ${wanted} `);
}

/** The query with one more term; a term that is already there is not added twice. */
export function withTerm(query: string, added: string): string {
  const [filter, stages] = split(query);
  if (hasTerm(query, added)) return query.trim();
  if (!filter || filter === '*') return join(added, stages);
  const either = /(^|[\s)])(OR|or)(?=[\s(])|\|\|/.test(bare(filter));
  return join(`${either ? `(${filter})` : filter} ${added}`, stages);
}

/** The query without a term that stands in it. */
export function withoutTerm(query: string, gone: string): string {
  const [filter, stages] = split(query);
  return join(` ${filter} `.replace(` ${gone} `, ' ').trim(), stages);
}

/** The query with nothing but this term for a filter. */
export function onlyTerm(query: string, one: string): string {
  return join(one, split(query)[1]);
}

const WILD = /<(?:\*|\.{3}|num|time|uuid|ip|hex|id)>/;

/** A term that finds the rows of a log template: its words in their order, and anything where it varies. */
export function patternTerm(template: string): string {
  const literal = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  let pattern = '^';
  for (const word of template.split(' ')) {
    const next = (pattern === '^' ? '' : ' +') + word.split(WILD).map(literal).join('.*');
    // A regular expression may be so long; what is left out makes it match more, not less.
    if (pattern.length + next.length > 700) break;
    pattern += next;
  }
  return `message~"${pattern.replace(/(["\\])/g, '\\$1')}"`;
}

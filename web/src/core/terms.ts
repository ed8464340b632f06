/** Building queries by clicking: a field and a value become one term of the query language. */

/** The value as the language reads it: bare when it is one plain word, else quoted. */
export function quoted(value: string): string {
  return /^[\p{L}\p{N}_./@-]+$/u.test(value) && !value.startsWith('-') ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}

/** `service:pay` or, to exclude, `-service:pay`. */
export function term(field: string, value: string, exclude: boolean): string {
  return `${exclude ? '-' : ''}${field}:${quoted(value)}`;
}

/** The query with one more term; a term that is already there is not added twice. */
export function withTerm(query: string, added: string): string {
  const text = query.trim();
  return ` ${text} `.includes(` ${added} `) ? text : text ? `${text} ${added}` : added;
}

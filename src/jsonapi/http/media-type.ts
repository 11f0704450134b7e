export interface MediaType {
  /** Lower-case `type/subtype`. */
  readonly essence: string;
  /** Lower-case names; a quoted value without its quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PART = /\s*;\s*(?:([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]*))?/y;

/** One media type with its parameters (RFC 9110, 8.3.1); undefined when it is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const essence = /^\s*([^\s;,/]+\/[^\s;,]+)/.exec(text);
  if (!essence) return undefined;
  const parameters = new Map<string, string>();
  let end = essence[0].length;
  for (let match = partAt(text, end); match; match = partAt(text, end)) {
    end += match[0].length;
    const [, name, value = ''] = match;
    if (name !== undefined) parameters.set(name.toLowerCase(), unquoted(value));
  }
  if (text.slice(end).trim() !== '') return undefined;
  return { essence: (essence[1] as string).toLowerCase(), parameters };
}

function partAt(text: string, index: number): RegExpExecArray | null {
  PART.lastIndex = index;
  return PART.exec(text);
}

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;

/** The elements of an `Accept` header; commas inside quotes do not part them. */
export function parseAccept(header: string): MediaType[] {
  // A quote that is never closed reaches to the end: looked for from each quote anew, the end would take too long.
  const elements = header.match(/(?:[^,"]|"(?:[^"\\]|\\.?)*"?)+/g) ?? [];
  return elements.flatMap((element) => parseMediaType(element) ?? []);
}

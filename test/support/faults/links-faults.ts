import { isObject, strangers } from './json.js';

const MEMBERS = ['href', 'rel', 'describedby', 'title', 'type', 'hreflang', 'meta'];
export const PAGES = ['first', 'last', 'prev', 'next'];

/** Rules 53 and 54. @param known the names that links may have here */
export function linksFaults(links: unknown, at: string, known: readonly string[]): string[] {
  if (!isObject(links)) return [`${at} is no object`];
  return [
    ...strangers(links, known, at),
    ...Object.entries(links).flatMap(([name, link]) => linkFaults(link, `${at}.${name}`)),
  ];
}

function linkFaults(link: unknown, at: string): string[] {
  if (link === null) return [];
  if (typeof link === 'string') return isReference(link) ? [] : [`${at} "${link}" is no URI`];
  if (!isObject(link)) return [`${at} is no link`];
  const faults = strangers(link, MEMBERS, at);
  if (typeof link['href'] !== 'string' || !isReference(link['href'])) faults.push(`${at} has no href`);
  for (const name of ['rel', 'title', 'type'])
    if (name in link && typeof link[name] !== 'string') faults.push(`${at}.${name} is no text`);
  if ('describedby' in link) faults.push(...linkFaults(link['describedby'], `${at}.describedby`));
  if ('meta' in link && !isObject(link['meta'])) faults.push(`${at}.meta is no object`);
  return faults;
}

/** A URI-reference but for the brackets, which JSON:API takes raw in a query. */
const isReference = (text: string): boolean =>
  /^[^\s"<>\\^`{|}]+$/.test(text) && URL.canParse(text, 'http://x');

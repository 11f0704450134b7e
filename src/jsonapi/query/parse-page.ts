import type { Problem } from '../errors/jsonapi-error.js';
import { problem, type Parameter } from './query-string.js';

export interface Page {
  /** How the pages are named: by number and size, or by offset and limit. */
  readonly kind: 'number' | 'offset';
  readonly limit: number;
  readonly offset: number;
  readonly total: boolean;
}

const DEFAULT_SIZE = 25;
const KINDS: Record<string, Page['kind'] | undefined> = {
  number: 'number',
  size: 'number',
  offset: 'offset',
  limit: 'offset',
};

/** `page[number]` and `page[size]`, or `page[offset]` and `page[limit]`; `page[total]=true`. */
export function parsePage(
  parameters: readonly Parameter[],
  rules: { lenient: boolean; maxPageSize: number },
  problems: Problem[],
): Page {
  const given = new Map<string, number>();
  let total = rules.lenient;
  let kind: Page['kind'] | undefined;
  for (const parameter of parameters) {
    const key = parameter.keys.length === 1 ? (parameter.keys[0] as string) : '';
    if (key === 'total') {
      if (!['true', 'false'].includes(parameter.value))
        problems.push(problem(parameter.name, 'Write page[total]=true or false.'));
      total ||= parameter.value === 'true';
      continue;
    }
    const keyKind = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined;
    const min = key === 'offset' || key === 'limit' ? 0 : 1;
    const max = key === 'size' || key === 'limit' ? rules.maxPageSize : 1_000_000_000;
    if (!keyKind) {
      problems.push(
        problem(
          parameter.name,
          `"${parameter.name}" is not known. Known: page[number], page[size], page[offset], page[limit], page[total].`,
        ),
      );
    } else if (kind && kind !== keyKind) {
      problems.push(
        problem(parameter.name, 'Two kinds of paging are mixed; use number and size, or offset and limit.'),
      );
    } else if (
      !/^\d{1,10}$/.test(parameter.value) ||
      Number(parameter.value) < min ||
      Number(parameter.value) > max
    ) {
      problems.push(problem(parameter.name, `A whole number from ${min} to ${max} is wanted.`));
    } else {
      kind = keyKind;
      given.set(key, Number(parameter.value));
    }
  }
  const limit = given.get('limit') ?? given.get('size') ?? Math.min(DEFAULT_SIZE, rules.maxPageSize);
  const offset = given.get('offset') ?? ((given.get('number') ?? 1) - 1) * limit;
  return { kind: kind ?? 'number', limit, offset, total: total || given.get('limit') === 0 };
}

import type { Seen } from './crawl.js';
import { TABLES, type SightModel } from './sight-model.js';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** What an answer shows that it must not, or does not show that it must; sentences. */
export function faultsOf(model: SightModel, seen: Seen): string[] {
  const { asked, status, text } = seen;
  const place = `${asked.method ?? 'GET'} ${asked.url}: `;
  const faults = [
    ...(status >= 500 ? [`status ${status}`] : []),
    ...markerFaults(model, seen),
    ...(text === '' ? [] : documentFaults(model, JSON.parse(text))),
    ...expectationFaults(model, seen),
  ];
  return faults.map((fault) => `${place}${fault}`);
}

const MARKERS: Readonly<Record<string, string>> = {
  ...{ p: 'people', e: 'email_addresses', g: 'groups', h: 'groups', a: 'addresses', u: 'users' },
  ...{ c: 'person_changes', d: 'person_duplicates' },
};

/** Texts that say whose they are, wherever they stand; what was asked for may be named again. */
function markerFaults(model: SightModel, { asked, text, headers }: Seen): string[] {
  const sent = `${asked.url} ${JSON.stringify(asked.body ?? '')}`;
  // Tokens and tags are as good as random, and hold such a text now and then.
  const found = `${text} ${String(headers['location'])}`.matchAll(/zq([a-z])(\d+)z|\+4520(\d{6})/g);
  return [...new Map([...found].map((match) => [match[0], match])).values()]
    .filter(([marker]) => !decodeURIComponent(sent).includes(marker))
    .filter(([, kind, id, phone]) => !maySee(model, kind ?? 'phone', Number(id ?? phone)))
    .map(([marker]) => `shows ${marker}`);
}

function maySee(model: SightModel, kind: string, id: number): boolean {
  const { plan } = model;
  switch (kind) {
    case 'phone':
      return model.readable('phone_numbers').has(id);
    case 'm': {
      const row = plan.group_memberships.find((one) => one.id === id);
      return !!row && model.membership(row);
    }
    case 'n':
      return (
        model.readable('contact_assignments').has(id) ||
        plan.person_changes.some(
          (change) =>
            model.readable('person_changes').has(change.id) &&
            plan.contact_assignments.some(
              (row) => row.id === id && model.embedded(change as never, 'contact_assignments', row as never),
            ),
        )
      );
    case 'd': {
      const one = plan.person_duplicates.find((each) => each.id === id);
      const group = one?.group_id ?? null;
      const seen = group === null ? model.superAdmin || one?.person_id !== null : model.rank(group) >= 2;
      return model.readable('person_duplicates').has(id) && seen;
    }
    default:
      return model.readable(MARKERS[kind] as string).has(id);
  }
}

/** Every resource and identifier in a document is readable, and every linkage is complete. */
function documentFaults(model: SightModel, document: unknown): string[] {
  if (!isObject(document)) return [];
  const resources = [document['data'], document['included']].flat().filter(isObject);
  return resources.flatMap((resource) => {
    const [type, id] = [String(resource['type']), Number(resource['id'])];
    const table = TABLES[type];
    if (!table) return [];
    if (!model.readable(table).has(id)) return [`shows ${type} ${id}`];
    return [...linkageFaults(model, type, id, resource), ...idFaults(model, type, id, resource)];
  });
}

function linkageFaults(model: SightModel, type: string, id: number, resource: Json): string[] {
  return Object.entries((resource['relationships'] ?? {}) as Record<string, Json>).flatMap(
    ([name, { data }]) => {
      if (data === undefined) return [];
      const shown = [data]
        .flat()
        .filter(isObject)
        .map((end) => Number(end['id']));
      const { ids } = model.ends(type, id, name);
      return sameIds(shown, ids) ? [] : [`${type} ${id} ${name}: ${shown.join()} instead of ${ids.join()}`];
    },
  );
}

/** `person_id` and the like, in attributes and in the rows of a history. */
function idFaults(model: SightModel, type: string, id: number, { attributes }: Json): string[] {
  const faults: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, path);
    else if (isObject(value)) for (const [name, one] of Object.entries(value)) walk(one, name);
    else if (value != null && /^(person|assigned_to|assigned_by|group)_id$/.test(path)) {
      const table = path === 'group_id' ? 'groups' : 'people';
      if (!model.readable(table).has(Number(value))) faults.push(`${type} ${id} ${path} is ${String(value)}`);
    }
  };
  walk(attributes, '');
  return faults;
}

function expectationFaults(model: SightModel, { asked, status, text }: Seen): string[] {
  const { lists, ends, one } = asked;
  if (one) {
    const expected = model.readable(one.table).has(one.id) ? 200 : 404;
    return status === expected ? [] : [`status ${status} instead of ${expected}`];
  }
  if (ends) {
    const table = TABLES[ends.type] as string;
    if (!model.readable(table).has(ends.id)) return status === 404 ? [] : [`status ${status} instead of 404`];
    return status === 200
      ? listFaults(text, model.ends(ends.type, ends.id, ends.name).ids)
      : [`status ${status}`];
  }
  if (!lists || asked.walks) return [];
  return status === 200
    ? listFaults(text, [...model.readable(lists)])
    : [`status ${status}: ${text.slice(0, 200)}`];
}

function listFaults(text: string, expected: readonly number[]): string[] {
  const { data, meta } = JSON.parse(text) as { data: unknown; meta?: { total?: number } };
  const shown = [data]
    .flat()
    .filter(isObject)
    .map((row) => Number(row['id']));
  const total = meta?.total ?? expected.length;
  if (total !== expected.length) return [`total ${total} instead of ${expected.length}`];
  return sameIds(shown, expected) ? [] : [`lists ${shown.join()} instead of ${expected.join()}`];
}

const sameIds = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id));

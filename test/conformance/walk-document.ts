import type { Document, RelationshipObject, ResourceObject } from '../../src/jsonapi/document/document.js';

type Linked = Readonly<Record<string, unknown>>;

/** Primary data and what comes along; identifiers count as resources without fields. */
export function resourcesOf({ data, included = [] }: Document): ResourceObject[] {
  const primary = [data ?? []].flat() as ResourceObject[];
  return [...primary, ...included];
}

export const keyOf = ({ type, id }: { type: string; id: string }): string => `${type}:${id}`;

export const identityOf = ({ type, id }: { type: string; id: string }) => ({ type, id });

/** The URLs of all links, whatever they stand in. */
export function linksOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) =>
    name === 'links' ? Object.values(below as Linked).flatMap(hrefOf) : linksOf(below),
  );
}

const hrefOf = (link: unknown): string[] =>
  typeof link === 'string' ? [link] : link ? [(link as { href: string }).href] : [];

/** `[name, relationship object]` of a resource. */
export const relationshipsOf = ({ relationships = {} }: ResourceObject): [string, RelationshipObject][] =>
  Object.entries(relationships);

/** Every member name, at whatever depth. */
export function namesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(namesOf);
  return Object.entries(value).flatMap(([name, below]) => [name, ...namesOf(below)]);
}

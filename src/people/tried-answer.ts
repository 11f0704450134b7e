import sql, { join, raw } from 'sql-template-tag';
import type { Transaction } from '../database/index.js';
import type { Document, Registry, ResourceObject } from '../jsonapi/index.js';
import type { Answer } from '../jsonapi/operations/index.js';

/** The answer of a try without the rows that it made, whose ids are nobody's, and without the tag of what will not be. */
export async function withoutMade(tx: Transaction, registry: Registry, answer: Answer): Promise<Answer> {
  const { document } = answer;
  const data = document?.data as ResourceObject | null | undefined;
  if (!document || !data) return answer;
  const made = await madeOf(tx, registry, data.id);
  const isThere = ({ type, id }: { type: string; id: string }): boolean => !made.has(`${type} ${id}`);
  const included = document.included?.filter(isThere);
  const told: Document = {
    ...document,
    data: withEnds(data, isThere),
    ...(included && { included: included.map((one) => withEnds(one, isThere)) }),
  };
  const headers = Object.fromEntries(
    Object.entries(answer.headers ?? {}).filter(([name]) => name !== 'ETag'),
  );
  return { ...answer, headers, document: told };
}

/** What of a person this transaction has made, in the words of a resource identifier. */
async function madeOf(tx: Transaction, registry: Registry, id: string): Promise<ReadonlySet<string>> {
  const parts = Object.values(registry.get('person').relationships).flatMap(({ type, foreignKey }) =>
    foreignKey === undefined
      ? []
      : [
          sql`select ${type}::text || ' ' || id as made from ${raw(registry.get(type).table)}
            where ${raw(foreignKey)} = ${id}::bigint and created_at = now()`,
        ],
  );
  const rows = await tx.query<{ made: string }>(join(parts, ' union '));
  return new Set(rows.map(({ made }) => made));
}

function withEnds(
  { relationships, ...one }: ResourceObject,
  isThere: (end: { type: string; id: string }) => boolean,
): ResourceObject {
  if (!relationships) return one;
  const told = Object.entries(relationships).map(([name, relationship]) =>
    Array.isArray(relationship.data)
      ? [name, { ...relationship, data: relationship.data.filter(isThere) }]
      : [name, relationship],
  );
  return { ...one, relationships: Object.fromEntries(told) as ResourceObject['relationships'] };
}

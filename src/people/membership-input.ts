import type { Problem } from '../jsonapi/index.js';
import type { Draft } from '../jsonapi/operations/index.js';
import type { MembershipInput } from './merge/index.js';

/** A membership as a client sent it. @param groupId of a stored one, which its draft need not name */
export function membershipInput(one: Draft, problems: Problem[], groupId?: string): MembershipInput {
  const { pointer, id } = one;
  const { role, group_external_ref: groupExternalRef } = one.attributes as Record<string, string | null>;
  const named = one.relationships['group'] as string | null | undefined;
  if (id === undefined && !named && !groupExternalRef)
    problems.push({
      code: 'invalid_attribute',
      detail: 'Name the group by `group_id` or `group_external_ref`.',
      source: { pointer },
    });
  if (id !== undefined && ((named && named !== groupId) || groupExternalRef))
    problems.push({
      code: 'read_only',
      detail: 'A membership stays in its group; make another one instead.',
      source: { pointer: one.pointers['group'] ?? `${pointer}/attributes/group_external_ref` },
    });
  return {
    ...(id !== undefined && { id }),
    ...((groupId ?? named) && { groupId: groupId ?? (named as string) }),
    ...(groupExternalRef && { groupExternalRef }),
    role: role ?? undefined,
    archivedAt: archivedAt(one, problems),
    pointer,
  };
}

/** The moment as PostgreSQL takes it, in UTC; `undefined`: not said. */
function archivedAt({ attributes, pointer }: Draft, problems: Problem[]): string | null | undefined {
  const given = attributes['archived_at'] as string | number | null | undefined;
  if (given === undefined || given === null) return given;
  const sent = String(given);
  const zone = /T.*(Z|[+-]\d\d:?\d\d)$/.test(sent) || !sent.includes('T') ? '' : 'Z';
  const moment = /^\d{4}-\d\d-\d\d(T|$)/.test(sent) ? Date.parse(`${sent}${zone}`) : NaN;
  if (moment >= FIRST && moment <= LAST) return new Date(moment).toISOString();
  problems.push({
    code: 'invalid_attribute',
    detail: '"archived_at" must be a moment such as 2026-01-31T12:00:00Z, or null.',
    source: { pointer: `${pointer}/attributes/archived_at` },
  });
  return undefined;
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

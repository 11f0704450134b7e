import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import type { Transaction } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { Draft } from '../request/read-draft.js';
import type { LinkageDraft } from '../request/read-linkage.js';
import type { ResourcePolicy, ToMany } from '../resource/define-resource.js';
import { Registry } from '../resource/registry.js';
import { identifier, SelectCompiler } from '../store/compile-select.js';
import type { OperationContext, RelationshipChange, RelationshipOperation, Written } from './operation.js';
import { notFound } from './request-context.js';
import { forbidden, isLink, lockRow, readableIds } from './write-columns.js';

/**
 * The members of a to-many relationship that is rows of a table between. The row that they belong to is locked, so that
 * of two requests that add the same end the second finds it there.
 */
@Injectable()
export class ChangeRelationship implements RelationshipOperation {
  constructor(private readonly registry: Registry) {}

  async change(
    tx: Transaction,
    context: OperationContext,
    id: string,
    name: string,
    kind: RelationshipChange,
    linkage: LinkageDraft,
  ): Promise<Written> {
    const { resource, actor } = context;
    const policy = resource.policy as ResourcePolicy;
    const row = await lockRow(tx, this.registry, actor, resource, id, 'for no key update');
    if (!row) throw notFound(resource, id);
    if (!policy.update) throw forbidden(resource.type, 'changed');
    await policy.update({ actor, tx, row, values: {}, pointerTo: () => linkage.pointer });
    await context.precondition?.(tx);
    const changed = await this.write(tx, context, id, name, kind, linkage);
    if (changed)
      await tx.query(
        sql`update ${identifier(resource.table)} set version = version + 1 where id = ${id}::bigint`,
      );
    return { id, created: false };
  }

  /** All the members that a draft names; whoever calls has locked the row and asked for the right to change it. */
  async writeAll(tx: Transaction, context: OperationContext, id: string, draft: Draft): Promise<boolean> {
    let changed = false;
    for (const [name, ends] of Object.entries(draft.relationships)) {
      if (!isLink(context.resource, name)) continue;
      const linkage = { ends, pointer: `${draft.pointers[name]}/data` };
      changed = (await this.write(tx, context, id, name, 'replace', linkage)) || changed;
    }
    return changed;
  }

  private async write(
    tx: Transaction,
    { resource, actor }: OperationContext,
    id: string,
    name: string,
    kind: RelationshipChange,
    linkage: LinkageDraft,
  ): Promise<boolean> {
    const relationship = resource.relationships[name] as ToMany;
    const ids = await this.ends(tx, actor, relationship, kind, linkage);
    const gone = kind === 'add' ? 0 : await this.remove(tx, actor, id, relationship, kind, ids);
    const come = kind === 'remove' ? 0 : await this.add(tx, id, relationship, ids);
    return gone + come > 0;
  }

  /** Of what stays or comes every end must be readable; what is taken out need not exist. */
  private async ends(
    tx: Transaction,
    actor: unknown,
    { type }: ToMany,
    kind: RelationshipChange,
    { ends, pointer }: LinkageDraft,
  ): Promise<string[]> {
    const sent = ends as readonly string[];
    const target = this.registry.get(type);
    const readable = await readableIds(tx, this.registry, actor, target, sent);
    const problems = sent.flatMap((end, i) =>
      readable.has(end) ? [] : notFound(target, end, { pointer: `${pointer}/${i}` }).problems,
    );
    if (kind !== 'remove' && problems.length > 0) throw new JsonApiError(problems);
    return [...readable];
  }

  /** Only what the actor sees is taken out: she cannot have meant the rest. */
  private async remove(
    tx: Transaction,
    actor: unknown,
    id: string,
    { type, through }: ToMany,
    kind: RelationshipChange,
    ids: readonly string[],
  ): Promise<number> {
    const { table, from, to } = through as NonNullable<ToMany['through']>;
    const target = this.registry.get(type);
    const readable = new SelectCompiler(this.registry, actor as never).readable(target, raw('t'));
    const named = sql`t.id = any(${ids}::bigint[])`;
    const gone = await tx.query(sql`
      delete from ${identifier(table)} l using ${identifier(target.table)} t
      where l.${identifier(from)} = ${id}::bigint and l.${identifier(to)} = t.id and ${readable}
        and ${kind === 'replace' ? sql`not ${named}` : named}
      returning 1`);
    return gone.length;
  }

  private async add(
    tx: Transaction,
    id: string,
    { through }: ToMany,
    ids: readonly string[],
  ): Promise<number> {
    const { table, from, to } = through as NonNullable<ToMany['through']>;
    const [link, near, far] = [identifier(table), identifier(from), identifier(to)];
    const come = await tx.query(sql`
      insert into ${link} (${near}, ${far})
      select ${id}::bigint, n.id from unnest(${ids}::bigint[]) as n (id)
      where not exists (select from ${link} l where l.${near} = ${id}::bigint and l.${far} = n.id)
      returning 1`);
    return come.length;
  }
}

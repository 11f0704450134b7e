import { Injectable, type Abstract } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { SqlRunner, Transaction } from '../../database/index.js';
import { JsonApiError, locating } from '../errors/jsonapi-error.js';
import type { Draft } from '../request/read-draft.js';
import type { LinkageDraft } from '../request/read-linkage.js';
import { allows } from '../resource/define-resource.js';
import { Registry, type Resource } from '../resource/registry.js';
import { ChangeRelationship } from './change-relationship.js';
import { CreateResource } from './create-resource.js';
import type {
  CreateOperation,
  OperationContext,
  PlannedWrite,
  PrepareWrites,
  RelationshipChange,
  RelationshipOperation,
  RemoveOperation,
  UpdateOperation,
  Written,
} from './operation.js';
import { knownPart, partOf, requirePartOf, withPrimary } from './part-of.js';
import { RemoveResource } from './remove-resource.js';
import { notFound } from './request-context.js';
import { NO_QUERY, ShowResource } from './show-resource.js';
import { underCondition } from './under-condition.js';
import { UpdateResource } from './update-resource.js';
import { forbidden, requireUnchanged, whyReadOnly } from './write-columns.js';

/** Every write of every type, from a valid draft on: the type's own operation, or the generic one. */
@Injectable()
export class Writes {
  constructor(
    private readonly registry: Registry,
    private readonly modules: ModuleRef,
    private readonly show: ShowResource,
  ) {}

  async create(tx: Transaction, context: OperationContext, draft: Draft): Promise<Written> {
    const operation = this.operation<CreateOperation>(context.resource.operations?.create, CreateResource);
    return this.withRest(tx, context, await operation.create(tx, context as never, draft));
  }

  /** Takes the locks of several writes at once: otherwise two requests could each hold what the other waits for. */
  async prepare(
    tx: Transaction,
    context: Omit<OperationContext, 'resource'>,
    writes: readonly PlannedWrite[],
  ): Promise<void> {
    const prepared = new Map<PrepareWrites, PlannedWrite[]>();
    for (const write of writes) {
      const { resource } = write;
      const ends = resource.partOf?.flatMap((name) => resource.relationships[name]?.type ?? []) ?? [];
      const kinds = [resource, ...ends.map((type) => this.registry.get(type))];
      const prepare = kinds.find(({ operations }) => operations?.prepare)?.operations?.prepare;
      if (!prepare) continue;
      const preparation = this.modules.get<PrepareWrites>(prepare, { strict: false });
      const its = prepared.get(preparation);
      if (its) its.push(write);
      else prepared.set(preparation, [write]);
    }
    for (const [preparation, its] of prepared) await preparation.prepare(tx, context as never, its);
  }

  /** Several of a type with nothing along, in order, each seeing what those before it did. */
  async createAll(
    tx: Transaction,
    context: OperationContext,
    drafts: readonly Draft[],
    first: number,
  ): Promise<Written[]> {
    const operation = this.operation<CreateOperation>(context.resource.operations?.create, CreateResource);
    if (operation.createAll) return operation.createAll(tx, context as never, drafts, first);
    let { actor } = context;
    const all: Written[] = [];
    for (const draft of drafts) {
      const written = await locating(draft.pointer, this.create(tx, { ...context, actor }, draft));
      ({ actor = actor } = written);
      all.push(written);
    }
    return all;
  }

  update(tx: Transaction, sent: OperationContext, id: string, draft: Draft): Promise<Written> {
    const operation = this.operation<UpdateOperation>(sent.resource.operations?.update, UpdateResource);
    return underCondition(this.show, sent, id, async (context) => {
      const changes = await this.withoutUnchanged(tx, context, id, draft);
      return this.withRest(tx, context, await operation.update(tx, context as never, id, changes));
    });
  }

  remove(tx: Transaction, sent: OperationContext, id: string): Promise<void> {
    const operation = this.operation<RemoveOperation>(sent.resource.operations?.remove, RemoveResource);
    return underCondition(this.show, sent, id, (context) => operation.remove(tx, context as never, id));
  }

  /** A to-one is a column of its resource, and changes as that does. @throws JsonApiError 403 for what is not written at its URL */
  async changeRelationship(
    tx: Transaction,
    sent: OperationContext,
    id: string,
    name: string,
    kind: RelationshipChange,
    linkage: LinkageDraft,
  ): Promise<Written> {
    const { resource } = sent;
    await this.requireWritable(tx, sent, id, name);
    if (resource.relationships[name]?.kind === 'to-one')
      return this.update(tx, sent, id, toOneDraft(resource, id, name, linkage));
    const own = resource.operations?.relationships?.[name];
    const operation = this.operation<RelationshipOperation>(own, ChangeRelationship);
    return underCondition(this.show, sent, id, (context) =>
      operation.change(tx, context as never, id, name, kind, linkage),
    );
  }

  /** @throws JsonApiError 404 for what the actor cannot read, 403 for a relationship that is not written at its URL */
  async requireWritable(tx: SqlRunner, context: OperationContext, id: string, name: string): Promise<void> {
    const { resource } = context;
    if (resource.relationships[name]?.write === true) return;
    await this.requireReadable(tx, context, id);
    throw JsonApiError.of('read_only', whyReadOnly(resource, name));
  }

  /** What came along is made as part of the primary resource, or, with an id, changed if it is part of it. */
  private async withRest(tx: Transaction, context: OperationContext, written: Written): Promise<Written> {
    const { id, refusal, rest = [], actor = context.actor } = written;
    if (id === undefined || refusal) return written;
    for (const one of rest) {
      const { requestId, lenient } = context;
      const own = { resource: one.resource, actor, requestId, lenient, query: NO_QUERY };
      if (one.id !== undefined) await requirePartOf(tx, this.registry, own, context.resource, id, one);
      const known = one.id ?? (await knownPart(tx, context.resource, id, one));
      if (known === undefined) await this.create(tx, own, partOf(context.resource, id, one));
      else await this.update(tx, own, known, withPrimary(one, id));
    }
    if (rest.length > 0 && written.afterRest) return { ...written, ...(await written.afterRest()) };
    return written;
  }

  /** What nobody does to a type is refused before its body is read. @throws JsonApiError 403, 404 for what the actor cannot read */
  async requirePossible(
    tx: SqlRunner,
    context: OperationContext,
    verb: 'create' | 'update' | 'remove',
    id?: string,
  ): Promise<void> {
    if (allows(context.resource, verb)) return;
    if (id !== undefined) await this.requireReadable(tx, context, id);
    throw forbidden(context.resource.type, DONE[verb]);
  }

  private async requireReadable(tx: SqlRunner, context: OperationContext, id: string): Promise<void> {
    const { resource } = context;
    const query = { ...NO_QUERY, fields: new Map([[resource.type, new Set<string>()]]) };
    const { primary } = await this.show.load(tx, { ...context, query, lenient: false }, { id });
    if (primary.length === 0) throw notFound(resource, id);
  }

  /**
   * A client may send back what it was shown. Of read-only attributes it must; one that is set once, and a to-one, that
   * are as shown are no change: `null` for an end out of the client's sight does not take it away.
   */
  private async withoutUnchanged(
    tx: Transaction,
    context: OperationContext,
    id: string,
    draft: Draft,
  ): Promise<Draft> {
    const { resource } = context;
    const ends = Object.keys(draft.relationships).filter(
      (name) => resource.relationships[name]?.kind === 'to-one',
    );
    const once = Object.keys(draft.attributes).filter((name) => isSetOnce(resource, name));
    const names = [...Object.keys(draft.readOnly), ...once, ...ends];
    if (names.length === 0) return draft;
    const query = { ...NO_QUERY, fields: new Map([[resource.type, new Set(names)]]) };
    const [shown] = (await this.show.load(tx, { ...context, query, lenient: false }, { id })).primary;
    if (!shown) throw notFound(resource, id);
    try {
      requireUnchanged(draft, shown.attributes);
    } catch (error) {
      // That the resource has changed since it was read is more than that its `updated_at` cannot be written.
      await context.precondition?.(tx);
      throw error;
    }
    const changed = Object.entries(draft.relationships).filter(
      ([name, end]) => !ends.includes(name) || end !== shown.linkage[name],
    );
    const set = Object.entries(draft.attributes).filter(
      ([name, value]) => !once.includes(name) || value !== shown.attributes[name],
    );
    return { ...draft, attributes: Object.fromEntries(set), relationships: Object.fromEntries(changed) };
  }

  private operation<T>(own: Abstract<T> | undefined, generic: Abstract<T>): T {
    return this.modules.get<T>(own ?? generic, { strict: false });
  }
}

const DONE = { create: 'created', update: 'changed', remove: 'deleted' } as const;

const isSetOnce = ({ attributes }: Resource, name: string): boolean =>
  attributes[name]?.write === 'create' && !attributes[name].writeOnly;

const toOneDraft = (
  resource: Resource,
  id: string,
  name: string,
  { ends, pointer }: LinkageDraft,
): Draft => ({
  ...{ resource, id, pointer, attributes: {}, readOnly: {}, included: [] },
  relationships: { [name]: ends },
  pointers: { [name]: pointer },
});

import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { Claim } from '../idempotency/claim.js';
import { Idempotency } from '../idempotency/idempotency.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { readDraft, type Draft } from '../request/read-draft.js';
import { readLinkage } from '../request/read-linkage.js';
import { readJson } from '../request/read-json.js';
import { Registry, type Resource } from '../resource/registry.js';
import type { Answer, OperationContext, RelationshipChange, Written } from './operation.js';
import { idOf, READ_ONE, relationshipOf, RequestContexts } from './request-context.js';
import { showOnce } from './show-once.js';
import { ShowResource } from './show-resource.js';
import { requireUnchanged } from './write-columns.js';
import { Writes } from './writes.js';

/**
 * The routes that write, of every resource type: one request, one transaction, and its answer read in it, and kept with
 * it when the request has an `Idempotency-Key`.
 */
@Injectable()
export class WriteEndpoints {
  constructor(
    private readonly registry: Registry,
    private readonly contexts: RequestContexts,
    private readonly writes: Writes,
    private readonly show: ShowResource,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
  ) {}

  create(resource: Resource, request: JsonApiRequest): Promise<Answer> {
    return this.idempotency.run(request, async (claim) => {
      const context = this.contexts.of(resource, request, READ_ONE, resource.createParameters);
      await this.writes.requirePossible(this.database, context, 'create');
      const draft = this.draft(context, request);
      return this.write(claim, context, (tx) => this.writes.create(tx, context, draft));
    });
  }

  update(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    return this.idempotency.run(request, async (claim) => {
      const context = this.contexts.of(resource, request, READ_ONE);
      const id = idOf(resource, word, context.actor);
      await this.writes.requirePossible(this.database, context, 'update', id);
      const draft = this.draft(context, request, id);
      return this.write(claim, context, (tx) => this.writes.update(tx, context, id, draft));
    });
  }

  remove(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    return this.idempotency.run(request, async (claim) => {
      const context = this.contexts.of(resource, request, []);
      const id = idOf(resource, word, context.actor);
      return this.inTransaction(claim, async (tx) => {
        await this.writes.remove(tx, context, id);
        return { status: 204 };
      });
    });
  }

  /** PATCH, POST and DELETE of `/people/1/relationships/groups`; answers with the linkage as it is then. */
  changeRelationship(
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
    kind: RelationshipChange,
  ): Promise<Answer> {
    return this.idempotency.run(request, (claim) => this.relate(claim, resource, request, word, name, kind));
  }

  private async relate(
    claim: Claim<Answer>,
    resource: Resource,
    request: JsonApiRequest,
    word: string,
    name: string,
    kind: RelationshipChange,
  ): Promise<Answer> {
    const relationship = relationshipOf(resource, name);
    const many = relationship.kind === 'to-many';
    if (!many && kind !== 'replace') throw onlyReplaced(name);
    const far = this.contexts.of(this.registry.get(relationship.type), request, []);
    const context = { ...far, resource };
    const id = idOf(resource, word, context.actor);
    await this.writes.requireWritable(this.database, context, id, name);
    const linkage = readLinkage(readJson(request.body), relationship, context);
    return this.inTransaction(claim, async (tx) => {
      const written = await this.writes.changeRelationship(tx, context, id, name, kind, linkage);
      if (written.refusal) return written.refusal;
      // Who takes somebody out of her groups may not see her any more, and still what is left of them.
      const which = many
        ? { reachedFrom: { relationship, parentId: id } }
        : await this.show.reach(tx, context, id, name);
      return this.show.linkage(tx, far, which, { resource, word, name }, written.meta);
    });
  }

  private draft({ resource, lenient }: OperationContext, request: JsonApiRequest, id?: string): Draft {
    const draft = readDraft(readJson(request.body), { resource, registry: this.registry, lenient, id });
    if (id === undefined) requireUnchanged(draft, {});
    return draft;
  }

  private async write(
    claim: Claim<Answer>,
    context: OperationContext,
    work: (tx: Transaction) => Promise<Written>,
  ): Promise<Answer> {
    let once: Written['once'];
    const answer = await this.inTransaction(claim, async (tx) => {
      const written = await work(tx);
      once = written.once;
      if (written.refusal) return written.refusal;
      const answer = await this.show.written(tx, context, written);
      return written.afterShown?.(answer) ?? answer;
    });
    return once ? showOnce(answer, once) : answer;
  }

  /** A refusal that is returned keeps what was written on the way; one that is thrown does not. */
  private async inTransaction(
    claim: Claim<Answer>,
    work: (tx: Transaction) => Promise<Answer | JsonApiError>,
  ): Promise<Answer> {
    const done = await this.database.transaction(async (tx) => {
      const outcome = await work(tx);
      await claim.store(tx, outcome);
      return outcome;
    });
    if (done instanceof Error) throw done;
    return done;
  }
}

const onlyReplaced = (name: string): JsonApiError =>
  new JsonApiError(
    [{ code: 'method_not_allowed', detail: `"${name}" has one end at most; use PATCH to set or clear it.` }],
    { Allow: 'GET, HEAD, PATCH' },
  );

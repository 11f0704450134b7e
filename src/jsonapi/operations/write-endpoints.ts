import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/index.js';
import type { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { readDraft, type Draft } from '../request/read-draft.js';
import { readJson } from '../request/read-json.js';
import { validateDraft } from '../request/validate-draft.js';
import { Registry, type Resource } from '../resource/registry.js';
import type { Answer, OperationContext, Written } from './operation.js';
import { idOf, READ_ONE, RequestContexts } from './request-context.js';
import { ShowResource } from './show-resource.js';
import { requireUnchanged } from './write-columns.js';
import { Writes } from './writes.js';

/** The routes that write, of every resource type: one request, one transaction, and its answer read in it. */
@Injectable()
export class WriteEndpoints {
  constructor(
    private readonly registry: Registry,
    private readonly contexts: RequestContexts,
    private readonly writes: Writes,
    private readonly show: ShowResource,
    private readonly database: Database,
  ) {}

  create(resource: Resource, request: JsonApiRequest): Promise<Answer> {
    const context = this.contexts.of(resource, request, READ_ONE, resource.createParameters);
    const draft = this.draft(context, request);
    return this.write(context, (tx) => this.writes.create(tx, context, draft));
  }

  update(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.contexts.of(resource, request, READ_ONE);
    const id = idOf(resource, word, context.actor);
    const draft = this.draft(context, request, id);
    return this.write(context, (tx) => this.writes.update(tx, context, id, draft));
  }

  async remove(resource: Resource, request: JsonApiRequest, word: string): Promise<Answer> {
    const context = this.contexts.of(resource, request, []);
    const id = idOf(resource, word, context.actor);
    await this.database.transaction((tx) => this.writes.remove(tx, context, id));
    return { status: 204 };
  }

  private draft({ resource, lenient }: OperationContext, request: JsonApiRequest, id?: string): Draft {
    const draft = readDraft(readJson(request.body), { resource, registry: this.registry, lenient, id });
    validateDraft(draft, id !== undefined);
    if (id === undefined) requireUnchanged(draft, {});
    return draft;
  }

  private async write(
    context: OperationContext,
    work: (tx: Transaction) => Promise<Written>,
  ): Promise<Answer> {
    const done = await this.database.transaction(async (tx): Promise<Answer | JsonApiError> => {
      const written = await work(tx);
      return written.refusal ?? (await this.show.written(tx, context, written));
    });
    if (done instanceof Error) throw done;
    return done;
  }
}

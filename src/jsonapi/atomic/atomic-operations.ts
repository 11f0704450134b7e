import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Database } from '../../database/index.js';
import { JsonApiError } from '../errors/jsonapi-error.js';
import type { JsonApiRequest } from '../http/jsonapi-request.js';
import { Idempotency } from '../idempotency/idempotency.js';
import type { Answer } from '../operations/operation.js';
import { RequestContexts } from '../operations/request-context.js';
import { NOT_KEPT, withOnce } from '../operations/show-once.js';
import { NO_QUERY } from '../operations/show-resource.js';
import { problem } from '../query/query-string.js';
import { readJson } from '../request/read-json.js';
import { Registry } from '../resource/registry.js';
import { ATOMIC, RESULTS } from './atomic-extension.js';
import { LocalIds } from './local-ids.js';
import { PerformOperations, type OperationResult, type SharedContext } from './perform-operations.js';
import { readOperations, type AtomicOperation } from './read-operations.js';

/** Undoes a dry run, and brings its results out of the transaction. */
class Undone extends Error {
  constructor(readonly results: readonly OperationResult[]) {
    super('A dry run is undone');
  }
}

/** `POST /operations`: several writes, all of them or none (https://jsonapi.org/ext/atomic). */
@Injectable()
export class AtomicOperations {
  /** Parameters of any creation, for those among the operations. */
  private readonly parameters: readonly string[];

  constructor(
    private readonly registry: Registry,
    private readonly contexts: RequestContexts,
    private readonly operations: PerformOperations,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    @Inject(ENV) private readonly env: Env,
  ) {
    const own = registry.all.flatMap(({ createParameters = [] }) => createParameters);
    this.parameters = [...new Set(['dry_run', ...own])];
  }

  /** @throws JsonApiError 400, 413 or that of an operation, with pointers into the operations; then nothing is written */
  run(request: JsonApiRequest): Promise<Answer> {
    return this.idempotency.run<Answer>(request, async (claim) => {
      const { context, dry } = this.contextOf(request);
      const operations = this.read(request);
      if (dry) {
        const tried = answerOf(await this.tryOut(context, operations));
        await claim.store(this.database, tried);
        return tried;
      }
      const done = await this.database.transaction(async (tx) => {
        const results = await this.operations.perform(tx, context, operations, false);
        await claim.store(tx, answerOf(results));
        return results;
      });
      return onceOf(done);
    });
  }

  private contextOf(request: JsonApiRequest): { context: SharedContext; dry: boolean } {
    const [any] = this.registry.all as [Registry['all'][number]];
    const { actor, lenient, requestId, query } = this.contexts.of(any, request, [], this.parameters);
    const { dry_run: dry = 'false', ...own } = Object.fromEntries(query.own);
    if (dry !== 'true' && dry !== 'false')
      throw new JsonApiError([problem('dry_run', 'Write dry_run=true or false.')]);
    for (const resource of this.registry.all) resource.checkParameters?.(query.own);
    const bare = { ...NO_QUERY, own: new Map(Object.entries(own)) };
    return { context: { actor, lenient, requestId, query: bare }, dry: dry === 'true' };
  }

  private read(request: JsonApiRequest): AtomicOperation[] {
    const { lenient, user: actor } = request;
    const { batchMaxEntries: maxOperations, publicUrl } = this.env;
    const localIds = new LocalIds();
    return readOperations(readJson(request.body), {
      ...{ registry: this.registry, localIds, lenient, actor, maxOperations, publicUrl },
    });
  }

  /** Does them, and undoes them: so they meet each other, and everything that could be in their way. */
  private async tryOut(
    context: SharedContext,
    operations: readonly AtomicOperation[],
  ): Promise<readonly OperationResult[]> {
    try {
      return await this.database.transaction(async (tx) => {
        throw new Undone(await this.operations.perform(tx, context, operations, true));
      });
    } catch (error) {
      if (error instanceof Undone) return error.results;
      throw error;
    }
  }
}

/** As it is kept. */
const answerOf = (results: readonly OperationResult[]): Answer => ({
  status: 200,
  extensions: [ATOMIC],
  document: { jsonapi: { version: '1.1' }, [RESULTS]: results.map(({ once: _, ...result }) => result) },
});

/** As it is answered: with what is shown once. */
function onceOf(results: readonly OperationResult[]): Answer {
  const shown = results.map(({ data, once, ...result }) => ({
    ...(data !== undefined && { data: data && once ? withOnce(data, once) : data }),
    ...result,
  }));
  const answer = answerOf(shown);
  return results.some(({ once }) => once) ? { ...answer, headers: NOT_KEPT } : answer;
}

import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/index.js';
import type { ResourceObject } from '../document/document.js';
import { JsonApiError, locating } from '../errors/jsonapi-error.js';
import type { OperationContext, PlannedWrite, Written } from '../operations/operation.js';
import { ShowResource } from '../operations/show-resource.js';
import { Writes } from '../operations/writes.js';
import { isId } from '../request/read-fields.js';
import { KnownIds } from './local-ids.js';
import type { Addition, AtomicOperation } from './read-operations.js';
import type { Resource } from '../resource/registry.js';
import { stepsOf, type Step } from './steps.js';

/** What an operation led to: `data` where the resource is not as it was sent. */
export interface OperationResult {
  readonly data?: ResourceObject | null;
  readonly meta?: Record<string, unknown>;
  /** What the answer shows of `data`, and what is kept of it does not. */
  readonly once?: Written['once'];
}

/** What all operations of a request have in common. */
export type SharedContext = Omit<OperationContext, 'resource'>;

/** What the operations hand on, each to the next. */
interface Progress {
  readonly ids: KnownIds;
  /** With the rights that the operations so far gave. */
  actor: unknown;
  /** What a dry run makes, `type id`: nobody will ever meet it, so it is not shown. */
  readonly unreal: Set<string>;
}

const nameOf = ({ type }: Resource, id: string): string => `${type} ${id}`;

/** Does the operations of a request in their order, each through the operation that its own route goes through. */
@Injectable()
export class PerformOperations {
  constructor(
    private readonly writes: Writes,
    private readonly show: ShowResource,
  ) {}

  /**
   * @param dry it will be undone
   * @throws JsonApiError for the first step that is refused, with pointers into its operations
   */
  async perform(
    tx: Transaction,
    shared: SharedContext,
    operations: readonly AtomicOperation[],
    dry: boolean,
  ): Promise<OperationResult[]> {
    if (operations.length > 1) await this.writes.prepare(tx, shared, operations.map(planned));
    const progress: Progress = { ids: new KnownIds(), actor: shared.actor, unreal: new Set() };
    const results: OperationResult[] = [];
    for (const step of stepsOf(operations))
      if ('additions' in step)
        results.push(
          ...(await this.add(tx, shared, step.additions, progress, { dry, first: results.length })),
        );
      else results.push(await this.single(tx, shared, step.operation, progress));
    return results;
  }

  private async add(
    tx: Transaction,
    shared: SharedContext,
    additions: readonly [Addition, ...Addition[]],
    progress: Progress,
    { dry, first }: { readonly dry: boolean; readonly first: number },
  ): Promise<OperationResult[]> {
    const [{ resource, pointer }] = additions;
    const { ids } = progress;
    const context = { ...shared, resource, actor: progress.actor };
    const drafts = additions.map(({ draft }) => ids.draft(draft));
    const written = await locating(pointer, this.writes.createAll(tx, context, drafts, first));
    accept(written, additions, progress);
    additions.forEach(({ token }, i) => {
      const id = written[i]?.id;
      if (token !== undefined && id !== undefined) ids.learn(token, id);
    });
    for (const { id, created } of written)
      if (dry && created && id !== undefined) progress.unreal.add(nameOf(resource, id));
    return this.resultsOf(tx, context, written, progress);
  }

  private async single(
    tx: Transaction,
    shared: SharedContext,
    operation: Extract<Step, { operation: unknown }>['operation'],
    progress: Progress,
  ): Promise<OperationResult> {
    const { resource, pointer } = operation;
    const { ids } = progress;
    const id = ids.idOf(operation.id);
    const context = { ...shared, resource, actor: progress.actor };
    if (operation.kind === 'remove') {
      await locating(pointer, this.writes.remove(tx, context, id));
      return {};
    }
    const written = await locating(
      pointer,
      operation.kind === 'update'
        ? this.writes.update(tx, context, id, ids.draft(operation.draft))
        : this.writes.changeRelationship(
            tx,
            context,
            id,
            operation.name,
            operation.change,
            ids.linkage(operation.linkage),
          ),
    );
    accept([written], [operation], progress);
    if (operation.kind === 'relate') return written.meta ? { meta: written.meta } : {};
    const [result] = await this.resultsOf(tx, context, [written], progress);
    return result as OperationResult;
  }

  /** The resources as they are now: one statement for all of them. */
  private async resultsOf(
    tx: Transaction,
    context: OperationContext,
    written: readonly Written[],
    { actor, unreal }: Progress,
  ): Promise<OperationResult[]> {
    const isShown = (id: string): boolean => !unreal.has(nameOf(context.resource, id));
    const ids = written.flatMap(({ id }) => (id !== undefined && isShown(id) ? [id] : []));
    const now = await this.show.resources(tx, { ...context, actor }, [...new Set(ids)]);
    return written.map(({ id, meta, once }) => ({
      ...(id !== undefined && isShown(id) && { data: now.get(id) ?? null }),
      ...(meta && { meta }),
      ...(once && { once }),
    }));
  }
}

function planned(operation: AtomicOperation): PlannedWrite {
  const { resource } = operation;
  const draft = 'draft' in operation ? operation.draft : undefined;
  const id = 'id' in operation && isId(operation.id) ? operation.id : undefined;
  return { resource, id, draft };
}

/** @throws JsonApiError when one is refused: where all stand or fall together nothing stays of it */
function accept(
  written: readonly Written[],
  operations: readonly AtomicOperation[],
  progress: Progress,
): void {
  const problems = written.flatMap(
    ({ refusal }, i) => refusal?.locatedAt(operations[i]?.pointer ?? '').problems ?? [],
  );
  if (problems.length > 0) throw new JsonApiError(problems);
  progress.actor = written.findLast(({ actor }) => actor !== undefined)?.actor ?? progress.actor;
}

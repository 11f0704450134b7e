import type { Row, SqlRunner, Transaction } from '../../database/index.js';
import type { Applied, Document } from '../document/document.js';
import type { JsonApiError } from '../errors/jsonapi-error.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Draft } from '../request/read-draft.js';
import type { LinkageDraft } from '../request/read-linkage.js';
import type { Resource } from '../resource/registry.js';

/**
 * What a request is answered with: a status, a document or none, further headers; the media type names the extensions
 * and profiles that were applied.
 */
export interface Answer extends Applied {
  readonly status: number;
  readonly document?: Document;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request as the operations see it. `actor` belongs to the deployment; the room hands it on. */
export interface OperationContext<A = unknown> {
  readonly resource: Resource;
  readonly actor: A;
  readonly query: ResourceQuery;
  /** Sent as `application/json`: the leniencies of `lenient.ts` hold. */
  readonly lenient: boolean;
  readonly requestId: string;
  /** The header, as sent. */
  readonly ifMatch?: string;
  /**
   * What `If-Match` asks; absent when the request makes no condition. Every update and removal calls it once it holds
   * the locks that keep the resource as it is, before it writes. @throws JsonApiError 412
   */
  readonly precondition?: (tx: SqlRunner) => Promise<void>;
}

/** What a write did: the id to show, `created` or not, and `meta` beside the resource. */
export interface Written {
  /** undefined: a dry run made nobody. */
  readonly id: string | undefined;
  readonly created: boolean;
  /** The actor as the write has left her, when it gave her rights that she needs to read what she wrote. */
  readonly actor?: unknown;
  readonly meta?: Record<string, unknown>;
  /** What came along and is still to be written: each by its own type, as part of this resource. */
  readonly rest?: readonly Draft[];
  /** What else the write did, when the rest has been written. */
  readonly afterRest?: () => Promise<Partial<Pick<Written, 'id' | 'meta'>>>;
  /** What is answered when all is written and shown: a try undoes it then. */
  readonly afterShown?: (answer: Answer) => Promise<Answer>;
  /** Attributes that this answer shows in the place of what is stored, and no other: a copy that is kept has them not. */
  readonly once?: Readonly<Record<string, unknown>>;
  /** Answered instead, once the transaction is committed: what was written on the way stays. */
  readonly refusal?: JsonApiError;
}

/**
 * The writes of a type, each in a transaction that is open already: that of a request, or that of several operations
 * which stand or fall as one. They throw to refuse, and then nothing of the request is written.
 */
export interface CreateOperation {
  create(tx: Transaction, context: OperationContext<never>, draft: Draft): Promise<Written>;
  /** Several at once, where that is cheaper than one by one; the outcome is the same. @param first the place of the first */
  createAll?(
    tx: Transaction,
    context: OperationContext<never>,
    drafts: readonly Draft[],
    first: number,
  ): Promise<Written[]>;
}

export interface UpdateOperation {
  update(tx: Transaction, context: OperationContext<never>, id: string, draft: Draft): Promise<Written>;
}

export interface RemoveOperation {
  remove(tx: Transaction, context: OperationContext<never>, id: string): Promise<void>;
}

/** What a write does with the ends that it names: PATCH makes them all there is, POST adds them, DELETE takes them out. */
export type RelationshipChange = 'replace' | 'add' | 'remove';

/** A relationship that needs more than rows of a table between. Ends that are there, or gone, already are no fault. */
export interface RelationshipOperation {
  change(
    tx: Transaction,
    context: OperationContext<never>,
    id: string,
    name: string,
    kind: RelationshipChange,
    linkage: LinkageDraft,
  ): Promise<Written>;
}

/** A write that is about to be done with others of its request. Ids that nobody knows yet are left out. */
export interface PlannedWrite {
  readonly resource: Resource;
  readonly id?: string;
  /** What a creation or an update sends. */
  readonly draft?: Draft;
}

/** Takes the locks of all writes of a request before the first is done, in the order in which everybody takes them. */
export interface PrepareWrites {
  prepare(
    tx: Transaction,
    context: Omit<OperationContext<never>, 'resource'>,
    writes: readonly PlannedWrite[],
  ): Promise<void>;
}

/** A row that is part of another resource, before and after: `null` when it was made or removed. */
export interface PartChange {
  readonly part: Resource;
  /** The id of what it is part of. */
  readonly wholeId: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** Is told of changes in their transaction. */
export interface RememberParts {
  remember(tx: Transaction, context: OperationContext<never>, changes: readonly PartChange[]): Promise<void>;
}

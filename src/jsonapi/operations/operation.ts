import type { Document } from '../document/document.js';
import type { Draft } from '../request/read-draft.js';
import type { ResourceQuery } from '../query/resource-query.js';
import type { Resource } from '../resource/registry.js';

/** What an operation answers: a status, a document or none, further headers. */
export interface Answer {
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
}

/** What a write did: the id to show, `created` or not, and `meta` beside the resource. */
export interface Written {
  /** undefined: a dry run made nobody. */
  readonly id: string | undefined;
  readonly created: boolean;
  /** The actor as the write has left her, when it gave her rights that she needs to read what she wrote. */
  readonly actor?: unknown;
  readonly meta?: Record<string, unknown>;
}

export interface CreateOperation {
  create(context: OperationContext<never>, draft: Draft): Promise<Written>;
}

export interface UpdateOperation {
  update(context: OperationContext<never>, id: string, draft: Draft): Promise<Written>;
}

export interface RemoveOperation {
  remove(context: OperationContext<never>, id: string): Promise<void>;
}

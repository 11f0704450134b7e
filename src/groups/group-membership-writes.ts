import type { Transaction } from '../database/index.js';
import type {
  CreateOperation,
  Draft,
  OperationContext,
  RemoveOperation,
  UpdateOperation,
  Written,
} from '../jsonapi/operations/index.js';

/**
 * How memberships are written. They are part of a person, whose keys, locks, rules and history are the people room's:
 * it provides this.
 */
export abstract class GroupMembershipWrites implements CreateOperation, UpdateOperation, RemoveOperation {
  abstract create(tx: Transaction, context: OperationContext<never>, draft: Draft): Promise<Written>;
  abstract update(
    tx: Transaction,
    context: OperationContext<never>,
    id: string,
    draft: Draft,
  ): Promise<Written>;
  abstract remove(tx: Transaction, context: OperationContext<never>, id: string): Promise<void>;
}

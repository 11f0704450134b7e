import type { Actor } from '../auth/index.js';
import type { Transaction } from '../database/index.js';

/**
 * Whom the actor may give somebody to look after: who reads a person for an assignment alone makes no second one of it,
 * which would stay when the first is deleted. Who reads whom the people room knows: it provides this.
 */
export abstract class AssignablePeople {
  abstract has(tx: Transaction, actor: Actor, personId: string): Promise<boolean>;
}

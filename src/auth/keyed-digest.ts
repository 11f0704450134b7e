import { createHmac, type KeyObject } from 'node:crypto';

/**
 * Stands in the database for what nobody shall read there, such as addresses: without the key it says nothing, not even
 * to somebody who tries them all. When the key rotates, what was kept under the old one is forgotten.
 */
export class KeyedDigest {
  constructor(private readonly key: KeyObject) {}

  of(text: string): string {
    return createHmac('sha256', this.key).update(`digest ${text}`).digest('base64url');
  }
}

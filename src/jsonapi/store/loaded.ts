import type { Resource } from '../resource/registry.js';

/** A resource as it came from the database, with the linkage that is known. */
export interface Loaded {
  readonly resource: Resource;
  readonly id: string;
  /** How often it changed; undefined where nothing ever does. */
  readonly version?: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>>;
  /** By relationship: an id, null, or ids; missing: not asked for. */
  readonly linkage: Record<string, string | null | readonly string[]>;
  /** To-many relationships with more than what stands in `linkage`. */
  readonly cut: Set<string>;
  /** On a page between cursors: the values of what the list is sorted by. */
  readonly keys?: readonly (string | null)[];
}

/** The primary data of an answer and everything included with it, each once. */
export interface LoadedSet {
  readonly primary: readonly Loaded[];
  readonly included: readonly Loaded[];
  /** There is more in the direction in which the page was read. */
  readonly more: boolean;
  readonly total?: number;
}

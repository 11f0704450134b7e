import type { Actor } from '../auth/index.js';
import type { ResourcePolicy } from '../jsonapi/index.js';
import { readablePerson } from './readable-person.js';

/** Writes of people go through the merge room, which has its own rules. */
export const personPolicy: ResourcePolicy<Actor> = { readable: readablePerson };

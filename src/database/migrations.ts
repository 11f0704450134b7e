import { CreatePeople1764000000000 } from '../../migrations/1764000000000-create-people.js';

/** In the order in which they run. */
export const migrations = [CreatePeople1764000000000];

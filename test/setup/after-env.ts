import fc from 'fast-check';
import { jest } from '@jest/globals';

// Tests boot the app, clone databases and start processes, two at a time on a small machine.
jest.setTimeout(30_000);

// The same examples in every run, so that a red one is about the change; KITH_TEST_SEED=random looks for others.
const { KITH_TEST_SEED: seed = '20261124' } = process.env;
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

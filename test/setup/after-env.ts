import { jest } from '@jest/globals';

// Tests boot the app, clone databases and start processes, two at a time on a small machine.
jest.setTimeout(30_000);

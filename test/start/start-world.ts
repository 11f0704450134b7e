import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killLeftovers } from './kith-server.js';

/** Folders for the processes of one test file, open to the user that PostgreSQL runs as; gone with what runs in them. */
export class StartWorld {
  readonly root = mkdtempSync(join(tmpdir(), 'kith-start-'));
  private readonly dataDirs: string[] = [];

  constructor() {
    chmodSync(this.root, 0o755);
    mkdirSync(join(this.root, 'tmp'));
    chmodSync(join(this.root, 'tmp'), 0o1777);
  }

  folder(name: string, mode = 0o755): string {
    const folder = join(this.root, name);
    mkdirSync(folder);
    chmodSync(folder, mode);
    return folder;
  }

  /** Settings for a server with an embedded database of that name; nothing of it lies outside. */
  embedded(name: string): { DATA_DIR: string; TMPDIR: string } {
    const dataDir = join(this.root, name);
    this.watch(dataDir);
    return { DATA_DIR: dataDir, TMPDIR: join(this.root, 'tmp') };
  }

  /** For a data folder that a server chooses by itself. */
  watch(dataDir: string): void {
    if (!this.dataDirs.includes(dataDir)) this.dataDirs.push(dataDir);
  }

  endProcesses(): Promise<void> {
    return killLeftovers(this.dataDirs);
  }

  async remove(): Promise<void> {
    await this.endProcesses();
    await rm(this.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

import type { LoggerService } from '@nestjs/common';
import type { LogPlaces } from '../../src/app.setup.js';

/** Tokens, e-mail addresses and phone numbers, whosever they are. */
const PERSONAL = /eyJ[\w-]{8,}|[^\s"'/@]+@[^\s"'/@]+\.[a-z]{2,}|\+\d{8,}/gi;

/** Keeps what a server says at its most talkative, and tells what of it nobody must read in a log. */
export class WatchedLog implements LogPlaces {
  private readonly lines: string[] = [];

  readonly requests = { write: (line: string) => void this.lines.push(line) };
  readonly errors: LoggerService = {
    log: (...said) => this.keep(said),
    warn: (...said) => this.keep(said),
    error: (...said) => this.keep(said),
    fatal: (...said) => this.keep(said),
  };

  get text(): string {
    return this.lines.join('\n');
  }

  /** @param secrets texts that must stand nowhere either */
  faults(secrets: readonly string[]): string[] {
    const { text } = this;
    return [...new Set([...(text.match(PERSONAL) ?? []), ...secrets.filter((one) => text.includes(one))])];
  }

  private keep(said: readonly unknown[]): void {
    this.lines.push(said.map((one) => (one instanceof Error ? one.stack : JSON.stringify(one))).join(' '));
  }
}

const MINUTE_MS = 60_000;

/** Counts by name within a minute of the clock, in this process. */
export class MinuteCounts {
  private minute = 0;
  private counts = new Map<string, number>();

  of(name: string, now = Date.now()): number {
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts = new Map();
    }
    return this.counts.get(name) ?? 0;
  }

  add(name: string): void {
    this.counts.set(name, this.of(name) + 1);
  }
}

export const untilNextMinute = (now = Date.now()): number => MINUTE_MS - (now % MINUTE_MS);

import { setImmediate, setTimeout } from 'node:timers/promises';

/** Rounds of the event loop without a new request after which the program is taken to be at rest. */
const calmRounds = 8;
/** A file that is read for ever (a terminal, a pipe) must not hold the run longer than this. */
const longestReadMs = 2_000;

/**
 * Parallel tasks get their answers one at a time: when the program has come to rest, the lane that comes first by name gets its own, and
 * runs on until it rests again. So what the tasks do with their answers has one order too, in every run, and not only the answers.
 * A task that waits on a timer is not waited for.
 */
export class Turns {
  private readonly waiting: { name: string; go: () => void }[] = [];
  private arrivals = 0;
  private handing = false;

  /** Something was asked: the program is not at rest. */
  arrived(): void {
    this.arrivals += 1;
  }

  /** Resolves when it is this call's turn. */
  turnOf(name: string): Promise<void> {
    return new Promise((go) => {
      this.waiting.push({ name, go });
      if (!this.handing) void this.handOut();
    });
  }

  private async handOut(): Promise<void> {
    this.handing = true;
    while (this.waiting.length > 0) {
      await this.rest();
      this.waiting.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
      this.waiting.shift()?.go();
    }
    this.handing = false;
  }

  private async rest(): Promise<void> {
    for (let calm = 0, readMs = 0; calm < calmRounds;) {
      const before = this.arrivals;
      const reading = isReading() && readMs < longestReadMs;
      if (reading) await setTimeout(1);
      else await setImmediate();
      readMs += reading ? 1 : 0;
      calm = this.arrivals === before && !reading ? calm + 1 : 0;
    }
  }
}

/** Whether files are being read or names looked up: their end comes from outside of the event loop, sooner or later. */
const isReading = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.includes('Req'));

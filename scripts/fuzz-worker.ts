/** The thread of scripts/fuzz.ts: reads the inputs of one parser and says which one it has begun. */
import { parentPort, workerData } from 'node:worker_threads';
import { runFuzz } from '../test/fuzz/run-fuzz.js';

const { target, seed, from, until, position } = workerData as {
  target: string;
  seed: number;
  from: number;
  until: number;
  position: BigInt64Array;
}; // as scripts/fuzz.ts sends it
const findings = await runFuzz(target, {
  ...{ seed, from, until },
  begins: (index) => {
    Atomics.store(position, 0, BigInt(index));
    Atomics.add(position, 1, 1n);
  },
});
parentPort?.postMessage(findings);

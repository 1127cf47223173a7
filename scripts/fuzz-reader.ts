/** The process behind scripts/fuzz.ts: reads the inputs of one parser and writes down which one it has begun. */
import { openSync, writeSync } from 'node:fs';
import { runFuzz } from '../test/fuzz/run-fuzz.js';

type Given = { target: string; seed: number; from: number; until: number; place: string };
const { target, seed, from, until, place } = JSON.parse(process.argv[2] ?? '') as Given; // as scripts/fuzz.ts writes it
const file = openSync(place, 'w');
const findings = await runFuzz(target, { seed, from, until, begins: (index) => void writeSync(file, String(index).padStart(9), 0) });
process.send?.(findings);

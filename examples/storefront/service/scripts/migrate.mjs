import { openDatabase } from '../src/database.mjs';
import { loadFeatures } from '../src/features.mjs';

/** Brings the data in DATA_DIR up to date, and says what it has. Running it again changes nothing. */
const dataDir = process.env.DATA_DIR;
if (!dataDir) {
  console.error('Failed to migrate: DATA_DIR is not set.');
  process.exit(2);
}
const database = openDatabase(dataDir, await loadFeatures());
console.log(`Up to date: ${database.prepare('SELECT id FROM migrations ORDER BY id').pluck().all().join(', ')}.`);
database.close();

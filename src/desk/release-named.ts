import type { ReleaseRow, Store } from '../blackboard/store.js';
import { StagingError } from '../catalog/errors.js';

/** The release of this id; where none is named, the newest. Throws RELEASE_UNKNOWN. */
export const releaseNamed = async (store: Store, id: string | undefined): Promise<ReleaseRow> => {
  const row = id === undefined ? (await store.releases())[0] : await store.release(id);
  if (row) return row;
  if (id !== undefined) throw new StagingError('RELEASE_UNKNOWN', `Failed to find release ${id}: the journal has none of that id.`);
  throw new StagingError('RELEASE_UNKNOWN', 'Failed to find the newest release: the journal has none yet.', {
    remedy: 'Ask for one: `langgraph-staging release "ship SERVICE VERSION to staging"`.',
  });
};

import { expect, onTestFinished, test, vi } from 'vitest';
import { openWorkspace } from '../../src/desk/workspace.js';

test('in a folder that is gone it is said so, and what to do', async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT' });
  });
  await expect(openWorkspace({})).rejects.toMatchObject({
    code: 'CONFIG_NOT_FOUND',
    message: 'Failed to find a configuration: the folder in which this was started is gone.',
    remedy: 'Go to a folder that is there, or pass --config with the whole path.',
  });
});

import { simpleGit } from 'simple-git';
import { reason, StagingError } from '../../catalog/errors.js';

export type Git = (...args: string[]) => Promise<string>;

/**
 * Runs git in a folder and gives what it printed. What the repository could start by itself (hooks, a file watcher, signing,
 * clean-up) is off, and what it could remember for us (recorded conflict resolutions) too. Throws ADAPTER_FAILED.
 */
export const gitIn = (folder: string): Git => {
  const git = simpleGit({
    baseDir: folder,
    config: settings,
    unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true }, // both are set to nothing below
    completion: { onClose: true, onExit: false }, // output is whole only when the pipes are closed
    errors: (error, { exitCode, stdOut, stdErr }) => {
      if (exitCode === 0) return error;
      const said = Buffer.concat(stdErr.length > 0 ? stdErr : stdOut).toString('utf8');
      return new Error(said.trim() || `it ended with exit code ${exitCode}`);
    },
  });
  return async (...args) => {
    try {
      return await git.raw(['--no-optional-locks', ...args]);
    } catch (error) {
      throw new StagingError('ADAPTER_FAILED', `Failed to run git ${args[0]} in ${folder}: ${reason(error)}.`, { cause: error });
    }
  };
};

const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.sparseCheckout=false', // an artifact is the whole commit, whatever part the user has checked out
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'rerere.enabled=false',
  'submodule.recurse=false',
  'user.name=langgraph-staging',
  'user.email=langgraph-staging@localhost',
];

/** The parts of NUL-separated output. */
export const splitNul = (output: string): string[] => output.split('\0').filter((part) => part !== '');

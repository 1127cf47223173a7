import { ServerCallContext } from '@a2a-js/sdk/server';
import type { Caller } from '../../desk/desk-contract.js';

const key = 'caller';

/** What the library carries from the request to the handler. */
export const contextFor = (caller: Caller, requestedVersion: string | undefined): ServerCallContext =>
  new ServerCallContext({
    user: { isAuthenticated: true, userName: caller.name },
    state: new Map([[key, caller]]),
    ...(requestedVersion !== undefined && { requestedVersion }),
  });

export const callerOf = (context: ServerCallContext): Caller => context.state.get(key) as Caller; // contextFor put it there

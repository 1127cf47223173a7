/** Lets one move at a time happen: two moves on the same environment would undo each other. */
export const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take: <T>(move: () => Promise<T>): Promise<T> => {
      const mine = last.then(move);
      last = mine.then(
        () => undefined,
        () => undefined, // told to whoever asked for the move
      );
      return mine;
    },
    /** Resolves when no move is left. */
    over: async (): Promise<void> => void (await last),
  };
};

import fc from 'fast-check';

/** The search for the smallest counterexample can take minutes where each run is slow: what was found until then is told, with its seed. */
fc.configureGlobal({ interruptAfterTimeLimit: 60_000 });

import fc from 'fast-check';

/** The search for the smallest counterexample can take minutes where each run is slow: what was found until then is told, with its seed. A property that holds and takes as long is red as well: it would have been tried less often than it says. */
fc.configureGlobal({ interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true });

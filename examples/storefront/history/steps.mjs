/**
 * The history of the shop, one commit per row, oldest first. A commit starts at `from`, undoes or takes over the `change.patch` and
 * the `files` of its folder, and sets the version. Every version from 2.3.0 on has one fault, written beside it.
 */
export const steps = [
  { tag: 'v2.1.0', branch: 'main', version: '2.1.0', undo: 'v2.1.1', message: 'Release 2.1.0', date: '2026-03-02T09:00:00Z' },
  {
    tag: 'v2.1.1',
    branch: 'main',
    from: 'v2.1.0',
    version: '2.1.1',
    folder: 'v2.1.1',
    message: 'Refuse more than 99 pieces of one product',
    date: '2026-03-16T09:00:00Z',
  },
  { branch: 'feature/wishlist', from: 'v2.1.1', folder: 'wishlist', message: 'Add a wishlist', date: '2026-03-23T10:00:00Z' },
  { branch: 'feature/fast-checkout', from: 'v2.1.1', folder: 'fast-checkout', message: 'Order in one step', date: '2026-03-24T10:00:00Z' },
  // These two change the same lines of src/money.mjs: each merges alone, and not with the other.
  { branch: 'feature/gift-cards', from: 'v2.1.1', folder: 'gift-cards', message: 'Pay with gift cards', date: '2026-03-25T10:00:00Z' },
  { branch: 'feature/loyalty', from: 'v2.1.1', folder: 'loyalty', message: 'Reward earlier orders', date: '2026-03-26T10:00:00Z' },
  // Its own free shipping begins above fifty euros instead of at them: only the regression suite asks for exactly fifty.
  { branch: 'feature/gift-wrap', from: 'v2.1.1', folder: 'gift-wrap', message: 'Wrap parcels as gifts', date: '2026-03-27T10:00:00Z' },
  {
    tag: 'v2.2.0',
    branch: 'main',
    from: 'v2.1.1',
    version: '2.2.0',
    folder: 'v2.2.0',
    message: 'Prepare release 2.2.0',
    date: '2026-04-01T09:00:00Z',
  },
  // Visitors without a cart never give their reader back: after 25 of them every recommendation is a 500.
  {
    tag: 'v2.3.0',
    branch: 'release/2.3',
    from: 'v2.2.0',
    version: '2.3.0',
    folder: 'v2.3.0',
    message: 'Read recommendations through connections of their own',
    date: '2026-04-08T09:00:00Z',
  },
  // The discount is rounded per piece instead of per line: three mugs cost 26.88 instead of 26.86.
  {
    tag: 'v2.4.0',
    branch: 'release/2.4',
    from: 'v2.2.0',
    version: '2.4.0',
    folder: 'v2.4.0',
    message: 'Show the price of a piece after the discount',
    date: '2026-04-15T09:00:00Z',
  },
  // The new dependency has a critical advisory: EXAMPLE-2026-0001.
  {
    tag: 'v2.5.0',
    branch: 'release/2.5',
    from: 'v2.2.0',
    version: '2.5.0',
    folder: 'v2.5.0',
    message: 'Depend on the image loader',
    date: '2026-04-22T09:00:00Z',
  },
  // The history is bounded by deleting a visitor's name from a map that is keyed by request: nothing ever goes.
  {
    tag: 'v2.6.0',
    branch: 'release/2.6',
    from: 'v2.2.0',
    version: '2.6.0',
    folder: 'v2.6.0',
    message: 'Keep the last recommendations for support',
    date: '2026-04-29T09:00:00Z',
  },
  // The sweep expects at least one expired cart, and without one ends the process: a minute after the start.
  {
    tag: 'v2.7.0',
    branch: 'release/2.7',
    from: 'v2.2.0',
    version: '2.7.0',
    folder: 'v2.7.0',
    message: 'Empty carts after thirty days',
    date: '2026-05-06T09:00:00Z',
  },
  // The last forty visits are numbered and the numbers never begin again: the forty-first visit is a 500. Its migration rewrites the
  // addresses of orders, and what was there comes back from a snapshot only.
  {
    tag: 'v2.8.0',
    branch: 'release/2.8',
    from: 'v2.2.0',
    version: '2.8.0',
    folder: 'v2.8.0',
    message: 'Keep addresses in lower case, and the last visits',
    date: '2026-05-13T09:00:00Z',
  },
  // Has the visits of 2.8.0 still. Its migration drops a column that earlier versions write, so there is no way back from it.
  {
    tag: 'v2.9.0',
    branch: 'release/2.9',
    from: 'v2.8.0',
    version: '2.9.0',
    folder: 'v2.9.0',
    message: 'Give customers a table of their own',
    date: '2026-05-20T09:00:00Z',
  },
];

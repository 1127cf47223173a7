/** Name, category, price in cents, description. The position is the id: regression tests name products by it. */
const products = [
  ['Enamel mug', 'kitchen', 995, 'Holds a third of a litre and survives the floor.'],
  ['Bread knife', 'kitchen', 3450, 'Serrated, twenty centimetres.'],
  ['Cast-iron pan', 'kitchen', 5900, 'Heavy, and better every year.'],
  ['Salt cellar', 'kitchen', 1250, 'Olive wood with a swivel lid.'],
  ['Linen tea towel', 'kitchen', 1400, 'Two in a pack.'],
  ['Reading lamp', 'living', 7900, 'Warm light on a bendable neck.'],
  ['Wool blanket', 'living', 8900, 'From sheep that had a good view.'],
  ['Wall clock', 'living', 4550, 'Does not tick.'],
  ['Candle holder', 'living', 1995, 'Brass, for one candle.'],
  ['Floor cushion', 'living', 5250, 'Filled with buckwheat husks.'],
  ['Fountain pen', 'desk', 3900, 'Takes any standard cartridge.'],
  ['Dotted notebook', 'desk', 1195, 'Lies flat, 160 pages.'],
  ['Desk tray', 'desk', 2650, 'Beech, stackable.'],
  ['Brass ruler', 'desk', 1745, 'Thirty centimetres; inches on the back.'],
  ['Paper knife', 'desk', 2200, 'For the letters that still come.'],
  ['Watering can', 'garden', 2995, 'Two litres with a long spout.'],
  ['Hand trowel', 'garden', 1850, 'Forged in one piece.'],
  ['Seed box', 'garden', 2400, 'Twelve compartments for twelve months.'],
  ['Garden twine', 'garden', 650, 'Jute, sixty metres.'],
  ['Bird feeder', 'garden', 3200, 'Larch, with a slate roof.'],
  ['Canvas tote', 'travel', 1600, 'Carries fifteen kilos.'],
  ['Travel flask', 'travel', 2750, 'Hot for twelve hours.'],
  ['Luggage tag', 'travel', 895, 'Leather with a buckle.'],
  ['Star map', 'travel', 1800, 'Both hemispheres. Out of print.'],
];

/** Out of print: shown, but not for sale. */
export const soldOutProductId = 24;

export const seedProducts = (database) => {
  const insert = database.prepare(
    'INSERT INTO products (id, name, category, price_cents, description, available) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const [index, row] of products.entries()) insert.run(index + 1, ...row, index + 1 === soldOutProductId ? 0 : 1);
};
